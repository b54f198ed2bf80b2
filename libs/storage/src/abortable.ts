import { onAbort } from "./on-abort.ts";

/**
 * Passes on what an iterable yields until the signal fires; then throws the signal's reason, also where the iterable is
 * still waiting for its next value, and tells it to stop.
 */
export async function* abortable<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, void> {
  if (signal === undefined) {
    yield* source;
    return;
  }
  signal.throwIfAborted();
  let takeBack = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    takeBack = onAbort(signal, () => reject(signal.reason));
  });
  aborted.catch(() => undefined);
  const iterator = source[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const step = await Promise.race([iterator.next(), aborted]);
      if (step.done === true) {
        isOver = true;
        return;
      }
      yield step.value;
      signal.throwIfAborted();
    }
  } finally {
    takeBack();
    // Not awaited: a generator that hangs in its own await would not answer.
    if (!isOver) iterator.return?.().then(undefined, () => undefined);
  }
}
