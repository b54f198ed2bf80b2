import { printable } from "@plimsoll/manifest";
import { CacheError } from "./error.ts";

/** Room for a deep path in a message. */
const PATH_LENGTH = 500;

/** Whose path a message names: the cache's, or that of the folder that files are put into. */
export type Whose = "cache" | "folder";

/** What to do about an error of the operating system, by its code. */
const ADVICE: Readonly<Record<string, Readonly<Record<Whose, string>> | string>> = {
  ENOSPC: {
    cache: "no space is left: free some, or point PLIMSOLL_CACHE_DIR elsewhere",
    folder: "no space is left: free some, or name a folder on another disk",
  },
  EDQUOT: {
    cache: "the quota is used up: free some space, or point PLIMSOLL_CACHE_DIR elsewhere",
    folder: "the quota is used up: free some space, or name a folder on another disk",
  },
  EFBIG: "a file may not grow this large here: raise `ulimit -f`, or use another file system",
  EROFS: {
    cache: "the file system is read-only: point PLIMSOLL_CACHE_DIR to one that is not",
    folder: "the file system is read-only: name a folder on one that is not",
  },
  EACCES: {
    cache: "no permission: point PLIMSOLL_CACHE_DIR to a folder of your own, or change its mode",
    folder: "no permission: name a folder of your own, or change the mode of this one",
  },
  EPERM: {
    cache: "not permitted: point PLIMSOLL_CACHE_DIR to a folder of your own, or change its owner",
    folder: "not permitted: name a folder of your own, or change the owner of this one",
  },
  EMFILE: "too many open files: raise `ulimit -n`",
  ENFILE: "too many open files on this machine",
  EIO: "the disk failed: what was written is not trusted; check the disk",
};

/** A path as it may be printed. */
export function shown(path: string): string {
  return printable(path, PATH_LENGTH);
}

/** The code of an error of the operating system, or undefined. */
export function systemCode(error: unknown): string | undefined {
  // Not by class: errors may come from another realm than this code.
  return typeof error === "object" &&
    error !== null &&
    "code" in error &&
    typeof error.code === "string"
    ? error.code
    : undefined;
}

/** `E_DISK` with the path, what the operating system said and what to do. Errors of this room pass through (row D2). */
export function diskError(
  error: unknown,
  path: string,
  doing: string,
  whose: Whose = "cache",
): unknown {
  const code = systemCode(error);
  if (error instanceof CacheError || code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  const known = ADVICE[code];
  const advice = typeof known === "object" ? known[whose] : known;
  return new CacheError(
    "E_DISK",
    `${shown(path)}: could not ${doing}: ${code}${advice === undefined ? "" : `, ${advice}`}`,
    { cause: error },
  );
}
