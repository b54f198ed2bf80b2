import type { FileHandle } from "node:fs/promises";

/** Bytes of one read; while one is shown to the caller the next is under way. */
const shownBytes = 1024 * 1024;

/**
 * Fills a block with the bytes of an open file from `start` on, and shows them to `onBytes` in order; in one read where
 * nobody looks. Gives false where the file ends before the block is full.
 */
export async function fillBlock(
  file: FileHandle,
  block: Uint8Array,
  start: number,
  onBytes?: (bytes: Uint8Array) => void,
): Promise<boolean> {
  const segmentBytes = onBytes ? shownBytes : block.byteLength;
  const segment = (at: number): Uint8Array => block.subarray(at, at + segmentBytes);
  let ahead = readWhole(file, segment(0), start);
  try {
    for (let at = 0; at < block.byteLength; at += segmentBytes) {
      if (!(await ahead)) return false;
      const next = at + segmentBytes;
      if (next < block.byteLength) ahead = readWhole(file, segment(next), start + next);
      onBytes?.(segment(at));
    }
    return true;
  } finally {
    // The caller closes the file and uses the block again: a read that is still under way must be over by then.
    await ahead.catch(() => undefined);
  }
}

async function readWhole(file: FileHandle, into: Uint8Array, position: number): Promise<boolean> {
  let filled = 0;
  while (filled < into.byteLength) {
    const { bytesRead } = await file.read(
      into,
      filled,
      into.byteLength - filled,
      position + filled,
    );
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  return true;
}
