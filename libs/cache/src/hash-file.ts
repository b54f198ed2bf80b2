import { createHash } from "node:crypto";
import { constants, type BigIntStats } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { sameState, stateOf } from "./file-state.ts";

export interface HashOptions {
  readonly signal?: AbortSignal;
  /** Told the bytes of each block. */
  readonly onBlock?: (bytes: number) => void;
  /** Given each block before the next is asked for; it must not keep it. */
  readonly sink?: (block: Uint8Array, position: number) => Promise<void>;
}

const BLOCK_BYTES = 1 << 20;

/**
 * Opens a file for reading without following a symbolic link, and without waiting where a named pipe was put in its
 * place (row D9); Windows has neither flag.
 */
export async function openPlain(path: string): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  return await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

/** SHA-256 of an open file from its start, hex. The next block is read while one is hashed; a turn of the event loop takes one block. */
export async function hashHandle(file: FileHandle, options: HashOptions = {}): Promise<string> {
  const { signal, onBlock, sink } = options;
  const hash = createHash("sha256");
  let current = Buffer.allocUnsafe(BLOCK_BYTES);
  let following = Buffer.allocUnsafe(BLOCK_BYTES);
  let position = 0;
  let { bytesRead } = await file.read(current, 0, BLOCK_BYTES, position);
  while (bytesRead > 0) {
    signal?.throwIfAborted();
    const block = current.subarray(0, bytesRead);
    const reading = file.read(following, 0, BLOCK_BYTES, position + bytesRead);
    const writing = sink?.(block, position);
    hash.update(block);
    position += bytesRead;
    onBlock?.(bytesRead);
    // Both must have ended before either may fail the whole: they use our buffers and the caller's file.
    const [read, written] = await Promise.allSettled([reading, writing]);
    if (written.status === "rejected") throw written.reason;
    if (read.status === "rejected") throw read.reason;
    bytesRead = read.value.bytesRead;
    [current, following] = [following, current];
  }
  return hash.digest("hex");
}

/**
 * SHA-256 of a plain file, with what it was when its bytes were read; undefined where it is not a plain file or changed
 * meanwhile.
 */
export async function hashFile(
  path: string,
  options: HashOptions = {},
): Promise<{ readonly sha256: string; readonly stats: BigIntStats } | undefined> {
  const file = await openPlain(path);
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) return undefined;
    const sha256 = await hashHandle(file, options);
    const stats = await file.stat({ bigint: true });
    return sameState(stateOf(before), stateOf(stats)) ? { sha256, stats } : undefined;
  } finally {
    await file.close();
  }
}
