import { onAbort } from "./on-abort.ts";

/** Waits for so many milliseconds; throws the signal's reason when that fires before. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      takeBack();
      resolve();
    };
    const timer = setTimeout(done, ms);
    const takeBack = onAbort(signal, done);
  });
  signal?.throwIfAborted();
}
