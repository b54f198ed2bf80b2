import { createHash } from "node:crypto";
import { constants, type BigIntStats } from "node:fs";
import { open, statfs, unlink, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

import { abortable } from "../../abortable.ts";
import type { ByteSource } from "../../byte-source.ts";
import type { ObjectStat, WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { hasCode } from "../../disk-error.ts";
import { describe } from "./object-stat.ts";
import { makeFolders, type Place } from "./place.ts";
import { settle } from "./settle.ts";
import { tempName } from "./temp-name.ts";

/**
 * Writes a source to a place whole or not at all: a temporary file in the same folder, made durable, then given its
 * name. Size and, where one is given, SHA-256 are checked before that. `beforeNaming` is asked last and may still throw.
 */
export async function writeObject(
  place: Place,
  source: ByteSource,
  options: WriteOptions,
  beforeNaming?: () => Promise<void>,
): Promise<ObjectStat> {
  const { signal } = options;
  signal?.throwIfAborted();
  const temp = await openTemp(place);
  let isDone = false;
  try {
    await checkSpace(place.folder, source);
    const written = await fill(temp.file, source, options).finally(() => temp.file.close());
    await beforeNaming?.();
    signal?.throwIfAborted();
    await settle(temp.path, place, options.onlyIfAbsent === true);
    isDone = true;
    return describe(place.key, written.raw, written.sha256);
  } finally {
    if (!isDone) await unlink(temp.path).catch(() => undefined);
  }
}

/** A new file beside the place. A folder that was emptied and removed meanwhile is made again. */
export async function openTemp(place: Place): Promise<{ file: FileHandle; path: string }> {
  const flags =
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  for (let attempt = 1; ; attempt += 1) {
    await makeFolders(place);
    const path = join(place.folder, tempName(place.name));
    try {
      return { file: await open(path, flags, 0o666), path };
    } catch (error) {
      if (!hasCode(error, "ENOENT") || attempt === 5) throw error;
    }
  }
}

async function fill(
  file: FileHandle,
  source: ByteSource,
  { signal, sha256, onProgress }: WriteOptions,
): Promise<{ raw: BigIntStats; sha256: string }> {
  const hash = createHash("sha256");
  let written = 0;
  for await (const chunk of abortable(source.open(), signal)) {
    if (written + chunk.byteLength > source.size) throw wrongSize(source, "more");
    const writing = writeAll(file, chunk, written);
    // The digest is taken on this thread while another one writes.
    hash.update(chunk);
    await writing;
    written += chunk.byteLength;
    onProgress?.(written);
  }
  if (written < source.size) throw wrongSize(source, `${written}`);
  const digest = hash.digest("hex");
  if (sha256 !== undefined && sha256 !== digest) {
    throw new StorageError(
      "E_DIGEST",
      `${source.label}: ${sha256} expected, the bytes have ${digest}; nothing was stored`,
    );
  }
  await file.sync();
  return { raw: await file.stat({ bigint: true }), sha256: digest };
}

async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < chunk.byteLength) {
    const { bytesWritten } = await file.write(
      chunk,
      done,
      chunk.byteLength - done,
      position + done,
    );
    done += bytesWritten;
  }
}

/** Says before the first byte that a large file will not fit (row D1). */
async function checkSpace(folder: string, source: ByteSource): Promise<void> {
  if (source.size < 1024 * 1024) return;
  const disk = await statfs(folder).catch(() => undefined);
  if (disk === undefined) return;
  const free = disk.bavail * disk.bsize;
  if (free < source.size) {
    throw new StorageError(
      "E_DISK",
      `${source.label}: ${source.size} bytes do not fit, ${folder} has ${free} free; make room and run again`,
    );
  }
}

function wrongSize(source: ByteSource, got: string): StorageError {
  return new StorageError(
    "E_SIZE",
    `${source.label}: ${source.size} bytes announced, ${got} came; nothing was stored`,
  );
}
