import { constants, type BigIntStats } from "node:fs";
import { open, stat } from "node:fs/promises";

import type { ByteSource } from "./byte-source.ts";
import { diskError, hasCode } from "./disk-error.ts";
import { StorageError } from "./error.ts";
import { fillBlock } from "./fill-block.ts";
import { resolveRange } from "./range.ts";
import { readBlocks } from "./read-blocks.ts";

/**
 * A source of the bytes of a local file. The file is opened when bytes are asked for, as often as they are, and has to
 * be the one that was there at first: another size or time of change is `E_CONFLICT`, so that an upload never joins the
 * halves of two files. Throws `E_NOT_FOUND` for an absent file, `E_USAGE` for what is none, `E_DISK` where reading is
 * refused.
 */
export async function fileSource(path: string): Promise<ByteSource> {
  const first = await stat(path, { bigint: true }).catch((cause: unknown) => {
    throw openError(path, cause);
  });
  if (!first.isFile()) throw new StorageError("E_USAGE", `${path}: not a file`);
  const size = Number(first.size);

  async function* read(start: number | undefined, end: number | undefined) {
    const range = resolveRange(size, start, end, path);
    const file = await openForReading(path);
    try {
      if (!isSame(first, await file.stat({ bigint: true }))) throw changed(path);
      let left = range.end - range.start;
      for await (const block of readBlocks(file, range.start, range.end)) {
        left -= block.length;
        yield block;
      }
      // A writer that truncates and fills again may leave the size as it was: the time tells.
      if (left > 0 || !isSame(first, await file.stat({ bigint: true }))) throw changed(path);
    } catch (cause) {
      throw diskError(cause, path);
    } finally {
      await file.close();
    }
  }

  async function fill(block: Uint8Array, start: number, onBytes?: (bytes: Uint8Array) => void) {
    resolveRange(size, start, start + block.byteLength, path);
    const file = await openForReading(path);
    try {
      if (!isSame(first, await file.stat({ bigint: true }))) throw changed(path);
      const isFull = await fillBlock(file, block, start, onBytes);
      if (!isFull || !isSame(first, await file.stat({ bigint: true }))) throw changed(path);
    } finally {
      await file.close();
    }
  }

  return { size, label: path, open: read, fill };
}

async function openForReading(path: string) {
  try {
    // Not blocking: should the file have become a FIFO, opening it must not wait for a writer.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw openError(path, cause);
  }
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return b.isFile() && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;
}

function changed(path: string): StorageError {
  return new StorageError("E_CONFLICT", `${path}: changed while it was being read; run again`);
}

function openError(path: string, cause: unknown): unknown {
  if (!hasCode(cause, "ENOENT", "ENOTDIR")) return diskError(cause, path);
  return new StorageError("E_NOT_FOUND", `${path}: no such file`, { cause });
}
