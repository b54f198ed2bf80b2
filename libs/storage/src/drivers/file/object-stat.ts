import { createHash } from "node:crypto";
import { constants, type BigIntStats } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";

import type { ObjectStat } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { hasCode } from "../../disk-error.ts";
import { hasFolders, linkRefused, lstatOrUndefined, type Place } from "./place.ts";

/**
 * Up to here an object's token is its digest: the small objects are those that are swapped, and inode, size and time can
 * be the same again within one tick of the file system's clock.
 */
export const smallBytes = 64 * 1024;

/** An open object, seen once. */
export interface OpenObject {
  readonly file: FileHandle;
  readonly stat: ObjectStat;
  readonly raw: BigIntStats;
  /** The content, where it is small. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * Opens the plain file at a place, or gives `undefined` where none is. Links are refused, devices and FIFOs too, the
 * latter without waiting for them. The caller closes the file.
 */
export async function openObject(place: Place): Promise<OpenObject | undefined> {
  if (!(await hasFolders(place.root, place.folders))) return undefined;
  const file = await openPlain(place);
  if (file === undefined) return undefined;
  try {
    const raw = await file.stat({ bigint: true });
    if (raw.isDirectory()) return await closed(file);
    if (!raw.isFile()) throw new StorageError("E_PATH", `${place.path}: not a plain file`);
    const bytes =
      raw.size <= BigInt(smallBytes) ? await readSmall(file, Number(raw.size)) : undefined;
    const sha256 = bytes && createHash("sha256").update(bytes).digest("hex");
    return { file, raw, bytes, stat: describe(place.key, raw, sha256) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** What is said of an object. `sha256` is used where it is known. */
export function describe(key: string, raw: BigIntStats, sha256: string | undefined): ObjectStat {
  const size = Number(raw.size);
  const stated = sha256 === undefined ? {} : { sha256 };
  const etag =
    sha256 !== undefined && size <= smallBytes
      ? sha256.slice(0, 32)
      : `${raw.ino.toString(36)}-${raw.size.toString(36)}-${raw.mtimeNs.toString(36)}`;
  return { key, size, etag, modifiedAt: new Date(Number(raw.mtimeMs)), ...stated };
}

/** Whether two looks at a file saw the same content. */
export function isSameFile(a: BigIntStats, b: BigIntStats): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;
}

/** Opens a place's file for reading: `undefined` where nothing is, `E_PATH` where a link is. */
async function openPlain(place: Place): Promise<FileHandle | undefined> {
  // Windows has neither flag, so the link is looked for first everywhere.
  const found = await lstatOrUndefined(place.path);
  if (found === undefined || found.isDirectory()) return undefined;
  if (found.isSymbolicLink()) throw linkRefused(place.path);
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  try {
    return await open(place.path, flags);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    if (hasCode(error, "ELOOP", "EMLINK")) throw linkRefused(place.path);
    if (hasCode(error, "ENXIO"))
      throw new StorageError("E_PATH", `${place.path}: not a plain file`);
    throw error;
  }
}

async function readSmall(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function closed(file: FileHandle): Promise<undefined> {
  await file.close();
  return undefined;
}
