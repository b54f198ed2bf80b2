import type { BodySource } from "./reply-body.ts";

/** So many bytes wait for their reader before the host is held. */
const heldBytes = 512 * 1024;

/** A body as buffers of the reader's own, to be iterated once. */
export function iterateParts(source: BodySource): AsyncIterable<Buffer> {
  const queue: Buffer[] = [];
  let queuedBytes = 0;
  let isHeld = false;
  let over: { readonly error?: unknown; readonly failed: boolean } | undefined;
  let waiting:
    { resolve(step: IteratorResult<Buffer>): void; reject(error: unknown): void } | undefined;

  const settle = (): void => {
    if (waiting === undefined || over === undefined) return;
    if (over.failed) waiting.reject(over.error);
    else waiting.resolve({ done: true, value: undefined });
    waiting = undefined;
  };
  const reader = {
    part(bytes: Buffer): void {
      const copy = Buffer.from(bytes);
      if (waiting !== undefined) {
        waiting.resolve({ done: false, value: copy });
        waiting = undefined;
        return;
      }
      queue.push(copy);
      queuedBytes += copy.length;
      if (queuedBytes >= heldBytes && !isHeld) {
        isHeld = true;
        source.hold();
      }
    },
    over(failure?: { readonly error: unknown }): void {
      over = failure === undefined ? { failed: false } : { ...failure, failed: true };
      settle();
    },
  };
  const iterator: AsyncIterator<Buffer> = {
    next() {
      const part = queue.shift();
      if (part !== undefined) {
        queuedBytes -= part.length;
        if (isHeld && queuedBytes < heldBytes / 2) {
          isHeld = false;
          source.release();
        }
        return Promise.resolve({ done: false, value: part });
      }
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        settle();
      });
    },
    return() {
      queue.length = 0;
      over = { failed: false };
      source.leave();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return {
    [Symbol.asyncIterator]() {
      source.claim(reader);
      return iterator;
    },
  };
}
