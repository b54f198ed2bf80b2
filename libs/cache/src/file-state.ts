import type { BigIntStats } from "node:fs";
import { lstat, type FileHandle } from "node:fs/promises";
import { systemCode } from "./disk-error.ts";

/** What must stay the same for a file to count as untouched. Decimal text: inodes and times do not fit a number. */
export interface FileState {
  readonly dev: string;
  readonly ino: string;
  /** Bytes. */
  readonly size: string;
  /** Nanoseconds since 1970. */
  readonly mtimeNs: string;
}

/**
 * Two writes within this time may leave one and the same mtime: FAT counts in steps of 2 s, HFS+ and older NFS in whole
 * seconds, Linux in ticks of its timer.
 */
export const racyMs = 3_000;

/** How far a file's time is set back. */
const BACKDATE_MS = 10_000;

/** What lies at a path, not following a symbolic link, or undefined where nothing does. */
export async function look(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

export function stateOf(stats: BigIntStats): FileState {
  return {
    dev: String(stats.dev),
    ino: String(stats.ino),
    size: String(stats.size),
    mtimeNs: String(stats.mtimeNs),
  };
}

export function sameState(a: FileState, b: FileState): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;
}

/** True for two names of one file. */
export function sameFile(
  a: { readonly dev: bigint; readonly ino: bigint },
  b: { readonly dev: bigint; readonly ino: bigint },
): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/**
 * True when a write after `atMs` might leave the mtime that the file has now, so that a proof of that moment must not be
 * trusted later. Git knows this as "racily clean".
 */
export function isRacy(mtimeNs: bigint, atMs: number): boolean {
  return mtimeNs > BigInt(Math.floor((atMs - racyMs) * 1e6));
}

/**
 * Sets the mtime of a file of our own safely into the past, if it is not there yet: every later write then changes it,
 * and a proof can be trusted at once. Only for bytes that were just proven and that nobody writes to any more.
 */
export async function backdate(file: FileHandle, nowMs: number): Promise<void> {
  const { mtimeNs } = await file.stat({ bigint: true });
  if (!isRacy(mtimeNs, nowMs)) return;
  // To the millisecond, not rounded: two files that get one inode one after the other do not get one time as well.
  const seconds = (nowMs - BACKDATE_MS) / 1_000;
  await file.utimes(seconds, seconds);
}
