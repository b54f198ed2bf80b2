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
  const iterator = source[Symbol.asyncIterator]();
  // Not a race against one promise that stands for the signal: that promise would keep every value until it settles.
  let giveUp: (reason: unknown) => void = () => undefined;
  const takeBack = onAbort(signal, () => giveUp(signal.reason));
  let isOver = false;
  try {
    for (;;) {
      const step = await new Promise<IteratorResult<T>>((resolve, reject) => {
        giveUp = reject;
        iterator.next().then(resolve, reject);
      });
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
