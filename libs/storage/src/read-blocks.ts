import type { FileHandle } from "node:fs/promises";

/** Bytes of one read: large enough that the calls cost nothing, small enough to hold a few of them. */
const blockBytes = 1024 * 1024;

/**
 * Yields bytes `start` to before `end` of an open file in blocks of at most 1 MiB, the next one being read while the
 * caller works on the last. The buffers are the caller's. A file that ends early yields what is there.
 */
export async function* readBlocks(
  file: FileHandle,
  start: number,
  end: number,
): AsyncGenerator<Buffer, void, void> {
  let offset = start;
  const next = (): Promise<Buffer> => {
    const length = Math.min(blockBytes, end - offset);
    const from = offset;
    offset += length;
    return readBlock(file, from, length);
  };
  if (offset >= end) return;
  let ahead = next();
  try {
    for (;;) {
      const block = await ahead;
      const isLast = offset >= end || block.length === 0;
      if (!isLast) ahead = next();
      if (block.length > 0) yield block;
      if (isLast) return;
    }
  } finally {
    // The caller closes the file next: a read that is still under way must be over by then.
    await ahead.catch(() => undefined);
  }
}

/** Fills one block; a read may give less than it was asked for without being at the end. */
async function readBlock(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const block = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(block, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === length ? block : block.subarray(0, filled);
}
