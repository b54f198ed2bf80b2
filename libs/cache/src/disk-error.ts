import { printable } from "@plimsoll/manifest";
import { CacheError } from "./error.ts";

/** Room for a deep path in a message. */
const PATH_LENGTH = 500;

/** What to do about an error of the operating system, by its code. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left: free some, or point PLIMSOLL_CACHE_DIR elsewhere",
  EDQUOT: "the quota is used up: free some space, or point PLIMSOLL_CACHE_DIR elsewhere",
  EFBIG: "a file may not grow this large here: raise `ulimit -f`, or use another file system",
  EROFS: "the file system is read-only: point PLIMSOLL_CACHE_DIR to one that is not",
  EACCES: "no permission: point PLIMSOLL_CACHE_DIR to a folder of your own, or change its mode",
  EPERM: "not permitted: point PLIMSOLL_CACHE_DIR to a folder of your own, or change its owner",
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
export function diskError(error: unknown, path: string, doing: string): unknown {
  const code = systemCode(error);
  if (error instanceof CacheError || code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  return new CacheError(
    "E_DISK",
    `${shown(path)}: could not ${doing}: ${code}${ADVICE[code] ? `, ${ADVICE[code]}` : ""}`,
    { cause: error },
  );
}
