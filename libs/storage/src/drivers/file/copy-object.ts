import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { chmod, copyFile, open, unlink } from "node:fs/promises";

import type { ObjectStat, WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { readBlocks } from "../../read-blocks.ts";
import { describe, openObject } from "./object-stat.ts";
import type { Place } from "./place.ts";
import { settle } from "./settle.ts";
import { openTemp } from "./write-object.ts";

/** Copies one object to another place, sharing its blocks where the file system can (Btrfs, XFS, APFS, ReFS). */
export async function copyObject(
  from: Place,
  to: Place,
  { onlyIfAbsent, sha256, signal, onProgress }: WriteOptions,
): Promise<ObjectStat> {
  signal?.throwIfAborted();
  const source = await openObject(from);
  if (source === undefined)
    throw new StorageError("E_NOT_FOUND", `${from.key}: not in ${from.root}`);
  await source.file.close();
  const temp = await openTemp(to);
  await temp.file.close();
  let isDone = false;
  try {
    await copyFile(from.path, temp.path, constants.COPYFILE_FICLONE);
    // The mode comes along with the bytes; a copy is to be as writable as any new file.
    await chmod(temp.path, 0o666 & ~process.umask());
    const file = await open(temp.path, "r+");
    try {
      await file.sync();
      const raw = await file.stat({ bigint: true });
      const digest = await digestOf(file, Number(raw.size), sha256 ?? source.stat.sha256, signal);
      if (sha256 !== undefined && digest !== sha256) {
        throw new StorageError("E_DIGEST", `${from.key}: ${sha256} expected, it has ${digest}`);
      }
      signal?.throwIfAborted();
      await settle(temp.path, to, onlyIfAbsent === true);
      isDone = true;
      onProgress?.(Number(raw.size));
      return describe(to.key, raw, digest);
    } finally {
      await file.close();
    }
  } finally {
    if (!isDone) await unlink(temp.path).catch(() => undefined);
  }
}

/** The copy's own digest, where one is expected: what was said of the source is no proof of what arrived. */
async function digestOf(
  file: Awaited<ReturnType<typeof open>>,
  size: number,
  expected: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (expected === undefined) return undefined;
  const hash = createHash("sha256");
  for await (const block of readBlocks(file, 0, size)) {
    signal?.throwIfAborted();
    hash.update(block);
  }
  return hash.digest("hex");
}
