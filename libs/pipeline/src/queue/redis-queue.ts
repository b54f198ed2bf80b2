import type { RunQueue } from "./run-queue.ts";
import type { LocalQueueOptions } from "./local-queue.ts";
import { PipelineError } from "../error.ts";

export async function redisQueue(
  _options: Omit<LocalQueueOptions, "concurrency"> & { readonly redisUrl: string },
): Promise<RunQueue> {
  await Promise.resolve();
  throw new PipelineError("E_USAGE", "being built");
}
