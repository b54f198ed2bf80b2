import { statfs } from "node:fs/promises";
import { CacheError } from "./error.ts";
import { shown } from "./disk-error.ts";

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
): Promise<void> {
  const free = await freeBytes(folder).catch(() => Number.POSITIVE_INFINITY);
  if (needed <= free) return;
  throw new CacheError(
    "E_LIMIT",
    `${shown(folder)}: ${needed} bytes are needed and ${free} are free: free some space, run \`plimsoll cache clear\`, or point PLIMSOLL_CACHE_DIR elsewhere`,
  );
}
