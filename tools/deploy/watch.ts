import { setTimeout as sleep } from "node:timers/promises";
import type { Expected } from "../smoke/smoke-test.ts";
import type { ServerClient } from "../smoke/server-client.ts";

export interface WatchOptions {
  /** How long; default 60,000. */
  readonly watchMs?: number;
  /** Between two looks; default 2000. */
  readonly everyMs?: number;
  /** Share of failed predictions of the watch itself, 0 to 1; default 0. */
  readonly maxErrorRate?: number;
  /** 95th percentile, milliseconds; not judged where absent. */
  readonly maxP95Ms?: number | undefined;
  readonly sleep?: (ms: number) => Promise<unknown>;
  readonly onLook?: (line: string) => void;
}

/**
 * Looks at the replicas for a while after a deployment: each must stay ready and answer what is known to fit. With no
 * golden input in the release only health and the server's own count of errors are looked at.
 *
 * @throws Error as soon as something is wrong.
 */
export async function watch(
  servers: readonly ServerClient[],
  { model, release, golden }: Pick<Expected, "model" | "release" | "golden">,
  options: WatchOptions = {},
): Promise<string> {
  const { watchMs = 60_000, everyMs = 2000, maxErrorRate = 0, maxP95Ms } = options;
  const wait = options.sleep ?? sleep;
  const began = performance.now();
  const times: number[] = [];
  let asked = 0;
  let failed = 0;
  let reason = "";
  do {
    for (const server of servers) {
      if (!(await server.ready())) throw new Error(`${server.url}: not ready any more`);
      const served = await server.model(model);
      if (served !== undefined && served.serving.length > 0 && !served.serving.includes(release)) {
        throw new Error(`${server.url}: ${served.serving[0]} serves, not ${release} any more`);
      }
      for (const { input, output } of golden?.cases ?? []) {
        asked += 1;
        try {
          times.push((await server.predict(model, input, output.kind)).milliseconds);
        } catch (error) {
          failed += 1;
          reason = (error as Error).message;
        }
      }
      if (asked > 0 && failed / asked > maxErrorRate) {
        throw new Error(`${server.url}: ${failed} of ${asked} predictions failed: ${reason}`);
      }
    }
    const p95 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;
    if (maxP95Ms !== undefined && times.length >= 20 && p95 > maxP95Ms) {
      throw new Error(
        `95 % of ${times.length} predictions within ${p95.toFixed(0)} ms, at most ${maxP95Ms}`,
      );
    }
    options.onLook?.(`${asked} predictions, ${failed} failed`);
    if (performance.now() - began >= watchMs) break;
    await wait(everyMs);
  } while (performance.now() - began < watchMs);
  return `${asked} predictions, ${failed} failed`;
}
