import { StorageError } from "./error.ts";

/** What the system's codes mean for a person, and the way out. */
const meanings: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on this disk; make room and run again",
  EDQUOT: "this user's disk quota is used up; make room and run again",
  EROFS: "this file system is read-only; choose another folder or mount it writable",
  EACCES: "not allowed by the file system; check the owner and the mode of this folder",
  EPERM: "not allowed by the file system; check the owner and the mode of this folder",
  EFBIG: "larger than a file may be here (limit of the file system or of ulimit -f)",
  EMFILE: "too many open files in this process; raise ulimit -n",
  ENFILE: "too many open files on this machine",
  EIO: "the disk reported an error; do not trust it before it is checked",
  ENOTDIR: "a file lies where a folder should be",
  ENAMETOOLONG: "the path is too long for this file system",
  EBUSY: "in use by another process",
};

/** An error of the file system as this room's: `E_DISK` with what happened and what to do. Others pass as they are. */
export function diskError(cause: unknown, path: string): unknown {
  if (cause instanceof StorageError) return cause;
  const { code, syscall } = (cause ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return cause;
  const meaning = meanings[code] ?? "the file system refused";
  return new StorageError("E_DISK", `${path}: ${meaning} (${code})`, { cause });
}

/** Whether an error of the file system has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code !== undefined && codes.includes(code);
}
