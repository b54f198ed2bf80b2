import { open } from "node:fs/promises";
import { constants, type BigIntStats } from "node:fs";

import { abortable } from "../../abortable.ts";
import type { ObjectBody, ReadOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { resolveRange, type ByteRange } from "../../range.ts";
import { readBlocks } from "../../read-blocks.ts";
import { diskError } from "../../disk-error.ts";
import { isSameFile, openObject } from "./object-stat.ts";
import type { Place } from "./place.ts";

/**
 * An object's bytes, or a range of them. No file stays open between this answer and the first byte: a body that is never
 * read costs nothing. A large object that was replaced meanwhile is `E_CONFLICT`.
 */
export async function readObject(place: Place, options: ReadOptions): Promise<ObjectBody> {
  options.signal?.throwIfAborted();
  const found = await openObject(place);
  if (found === undefined) {
    throw new StorageError("E_NOT_FOUND", `${place.key}: not in ${place.root}`);
  }
  const { file, stat, raw, bytes } = found;
  await file.close();
  if (options.ifMatch !== undefined && options.ifMatch !== stat.etag) throw changed(place);
  const range = resolveRange(stat.size, options.start, options.end, place.key);
  const parts = bytes === undefined ? blocks(place, raw, range) : inMemory(bytes, range);
  return { stat, body: abortable(parts, options.signal) };
}

async function* inMemory(bytes: Uint8Array, range: ByteRange) {
  if (range.end > range.start) yield bytes.subarray(range.start, range.end);
}

async function* blocks(place: Place, seen: BigIntStats, range: ByteRange) {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  try {
    const file = await open(place.path, flags);
    try {
      if (!isSameFile(seen, await file.stat({ bigint: true }))) throw changed(place);
      let left = range.end - range.start;
      for await (const block of readBlocks(file, range.start, range.end)) {
        left -= block.length;
        yield block;
      }
      if (left > 0) throw changed(place);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw diskError(error, place.path);
  }
}

function changed(place: Place): StorageError {
  return new StorageError("E_CONFLICT", `${place.key}: changed in ${place.root}; read it again`);
}
