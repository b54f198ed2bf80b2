import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { serverChild } from "../serve/server-child.ts";

/** A version of a slow store may take long to arrive; a server that hangs must not. */
const reloadMs = 10 * 60_000;

/** A server process that was started for a while. */
export interface StartedServer {
  readonly url: string;
  readonly adminToken: string;
  /** What it has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts a server on loopback that serves one model of a store, and waits until it answers. With `version` that one is
 * served whatever the channels say: what staging does before a release is visible anywhere.
 */
export async function startServer(options: {
  readonly store: string;
  readonly model: string;
  readonly version?: string;
  readonly channel?: string;
  readonly adminToken?: string;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<StartedServer> {
  const { model, version, channel, env } = options;
  // The server has another working folder.
  const store = /^[a-z][a-z0-9+.-]*:\/\//i.test(options.store)
    ? options.store
    : resolve(options.store);
  const adminToken = options.adminToken ?? randomBytes(32).toString("hex");
  const dir = await mkdtemp(join(tmpdir(), "plimsoll-staging-"));
  const served = { ...(channel !== undefined && { channel }) };
  await writeFile(
    join(dir, "plimsoll.config.json"),
    JSON.stringify({ serve: { models: { [model]: served } } }),
  );
  const leave = (): Promise<void> => rm(dir, { recursive: true, force: true });
  const server = await serverChild({
    cwd: dir,
    env: {
      PLIMSOLL_CACHE_DIR: join(dir, "cache"),
      MODEL_STORE: store,
      ADMIN_TOKEN: adminToken,
      ...env,
    },
  }).catch(async (error: unknown) => {
    await leave();
    throw error;
  });
  const { url } = server;
  const stop = async (): Promise<void> => {
    await server.stop();
    await leave();
  };
  try {
    if (version !== undefined) {
      const response = await fetch(`${url}/api/v1/admin/reload-models`, {
        method: "POST",
        headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
        body: JSON.stringify({ model_type: model, version }),
        signal: AbortSignal.timeout(reloadMs),
      });
      if (!response.ok)
        throw new Error(`${model} ${version} cannot be served: ${await response.text()}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, adminToken, log: () => server.log(), stop };
}
