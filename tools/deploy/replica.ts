import { setTimeout as sleep } from "node:timers/promises";
import type { ServerClient } from "../smoke/server-client.ts";

export interface ReleaseServed {
  readonly model: string;
  readonly version: string;
  /** SHA-256 of the files that may answer. */
  readonly digests: ReadonlySet<string>;
}

export interface WaitOptions {
  /** Default 300,000. */
  readonly waitMs?: number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** Tells a replica to serve a version; one without a model in memory takes it at its first request. */
export async function reload(
  server: ServerClient,
  { model, version }: Pick<ReleaseServed, "model" | "version">,
): Promise<void> {
  const answer = await server.json("POST", "/api/v1/admin/reload-models", {
    model_type: model,
    version,
  });
  if (answer["success"] === true) return;
  throw new Error(`${server.url}: ${String(answer["message"] ?? "the reload failed")}`);
}

/**
 * Waits until a replica says that it serves these bytes.
 *
 * @throws Error with what it serves instead when the time is over.
 */
export async function untilServed(
  server: ServerClient,
  { model, version, digests }: ReleaseServed,
  { waitMs = 300_000, ...options }: WaitOptions = {},
): Promise<void> {
  const wait = options.sleep ?? sleep;
  const began = performance.now();
  for (;;) {
    let seen: string;
    try {
      const served = await server.model(model);
      const { digest, serving = [] } = served ?? {};
      if (serving[0] === version && (digests.size === 0 || digests.has(digest ?? ""))) return;
      seen = serving[0] ?? "nothing yet";
    } catch (error) {
      seen = (error as Error).message;
    }
    if (performance.now() - began > waitMs) {
      throw new Error(
        `${server.url}: ${model} ${version} is not served after ${waitMs / 1000} s: ${seen}`,
      );
    }
    await wait(500);
  }
}
