import { setTimeout as sleep } from "node:timers/promises";
import type { Lifecycle } from "./context.ts";

export interface DrainOptions {
  /** How long requests in flight may take; default 20,000. */
  readonly drainMs?: number;
}

/**
 * Not ready any more: new work is answered 503, streams of events end, and what is in flight is waited for. Gives the
 * number of requests that were still not answered in the end.
 */
export async function drain(lifecycle: Lifecycle, options: DrainOptions = {}): Promise<number> {
  lifecycle.draining = true;
  for (const stream of [...lifecycle.streams]) stream.abort();
  const end = performance.now() + (options.drainMs ?? 20_000);
  while (lifecycle.inFlight > 0 && performance.now() < end) await sleep(20);
  return lifecycle.inFlight;
}
