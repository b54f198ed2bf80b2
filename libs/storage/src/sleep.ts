import { setTimeout as wait } from "node:timers/promises";

/** Waits for so many milliseconds; throws the signal's reason when that fires before. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    throw signal?.aborted === true ? signal.reason : error;
  });
}
