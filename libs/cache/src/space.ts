import { statfs } from "node:fs/promises";
import { CacheError } from "./error.ts";
import { shown, type Whose } from "./disk-error.ts";

/** Bytes that a user without privileges may still write on the file system of `path`. */
export async function freeBytesOf(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path, { bigint: true });
  return Number(bavail * bsize);
}

/**
 * Throws `E_LIMIT` where `needed` bytes do not fit, before the first is written (row D1). A file system that cannot
 * tell is taken to have room: the write itself will say.
 */
export async function expectSpace(
  folder: string,
  needed: number,
  freeBytes: (folder: string) => Promise<number>,
  whose: Whose = "cache",
): Promise<void> {
  const free = await freeBytes(folder).catch(() => Number.POSITIVE_INFINITY);
  if (needed <= free) return;
  const way = {
    cache: "free some space, run `plimsoll cache clear`, or point PLIMSOLL_CACHE_DIR elsewhere",
    folder: "free some space there, or name a folder on another disk",
  }[whose];
  throw new CacheError(
    "E_LIMIT",
    `${shown(folder)}: ${needed} bytes are needed and ${free} are free: ${way}`,
  );
}
