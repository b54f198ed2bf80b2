import { abortable } from "../../abortable.ts";
import type { ByteSource } from "../../byte-source.ts";
import { StorageError } from "../../error.ts";

/** A source read once from its start, in pieces of a size that the reader chooses. */
export interface PartReader {
  /** Fills the block; `onBytes` sees them on the way. Throws `E_SIZE` where the source ends early. */
  fill(block: Buffer, onBytes?: (bytes: Uint8Array) => void): Promise<void>;
  /** Throws `E_SIZE` unless the source ends here. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

export function readParts(source: ByteSource, signal: AbortSignal | undefined): PartReader {
  return source.fill === undefined
    ? readOpened(source, signal)
    : readFilled(source, source.fill, signal);
}

/** A file: it sees to its own size, and reads into the block without a copy. */
function readFilled(
  source: ByteSource,
  fill: NonNullable<ByteSource["fill"]>,
  signal: AbortSignal | undefined,
): PartReader {
  let offset = 0;
  return {
    async fill(block, onBytes) {
      signal?.throwIfAborted();
      await fill.call(source, block, offset, onBytes);
      offset += block.byteLength;
      signal?.throwIfAborted();
    },
    finish: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function readOpened(source: ByteSource, signal: AbortSignal | undefined): PartReader {
  const iterator = abortable(source.open(), signal)[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  let read = 0;

  /** At least one byte in `rest`, or false at the end. */
  const more = async (): Promise<boolean> => {
    while (rest.byteLength === 0) {
      const step = await iterator.next();
      if (step.done === true) return false;
      rest = step.value;
      read += rest.byteLength;
    }
    return true;
  };

  const wrongSize = (): StorageError =>
    new StorageError(
      "E_SIZE",
      `${source.label}: ${source.size} bytes announced, ${read} came; nothing was stored`,
    );

  return {
    async fill(block, onBytes) {
      let at = 0;
      while (at < block.byteLength) {
        if (!(await more())) throw wrongSize();
        const taken = rest.subarray(0, block.byteLength - at);
        onBytes?.(taken);
        block.set(taken, at);
        at += taken.byteLength;
        rest = rest.subarray(taken.byteLength);
      }
    },
    async finish() {
      if (await more()) throw wrongSize();
    },
    async close() {
      await iterator.return?.(undefined);
    },
  };
}
