import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const installed = createRequire(import.meta.url).resolve("@plimsoll/server/package.json");
const bin = join(dirname(installed), "bin/plimsoll-server.js");
/** In a clone the first start builds it. */
const startMs = 5 * 60_000;

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
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<StartedServer> {
  const { model, version, channel, env } = options;
  // The server has another working folder.
  const store = /^[a-z][a-z0-9+.-]*:\/\//i.test(options.store)
    ? options.store
    : resolve(options.store);
  const port = options.port ?? (await freePort());
  const adminToken = options.adminToken ?? randomBytes(32).toString("hex");
  const dir = await mkdtemp(join(tmpdir(), "plimsoll-staging-"));
  const served = { ...(channel !== undefined && { channel }) };
  await writeFile(
    join(dir, "plimsoll.config.json"),
    JSON.stringify({ serve: { models: { [model]: served } } }),
  );
  const child = spawn(process.execPath, [bin], {
    cwd: dir,
    env: {
      ...process.env,
      PLIMSOLL_CACHE_DIR: join(dir, "cache"),
      MODEL_STORE: store,
      ADMIN_TOKEN: adminToken,
      HOST: "127.0.0.1",
      PORT: String(port),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const hear = (text: Buffer): void => {
    said = (said + text.toString()).slice(-100_000);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const ended = once(child, "exit");
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const isUp = async (): Promise<boolean> =>
    (await fetch(`${url}/health/live`).catch(() => undefined))?.ok === true;
  try {
    for (const began = Date.now(); !(await isUp());) {
      if (child.exitCode !== null || Date.now() - began > startMs) {
        throw new Error(`the server did not start: ${said.trim().split("\n").at(-1) ?? ""}`);
      }
      await sleep(100);
    }
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
  return { url, adminToken, log: () => said, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
