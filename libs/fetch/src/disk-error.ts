import { FetchError } from "./error.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: free space and run again",
  EDQUOT: "the disk quota is used up: free space and run again",
  EFBIG: "the file is larger than this file system or the limit of this process (ulimit -f) allows",
  EROFS: "the file system is read-only",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EMFILE: "too many open files: raise the limit (ulimit -n) or use fewer lanes",
  ENFILE: "too many open files on this machine",
  EIO: "the disk reports an error: what was written is not to be trusted",
  ENOENT: "the folder does not exist",
  ENOTDIR: "a file is where a folder should be",
  EISDIR: "a folder is in the way",
  ELOOP: "a symbolic link is in the way: remove it",
  EXDEV: "the partial file must be on the same file system as the final path",
};

/** Turns a failed file operation into `E_DISK` with the path and a plain reason. */
export function diskError(error: unknown, path: string): FetchError {
  if (error instanceof FetchError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new FetchError("E_DISK", `${path}: ${reason}${code in reasons ? ` (${code})` : ""}`, {
    cause: error,
  });
}

/** An error of the disk with the file's name before the path, which may be that of a partial file; others as they are. */
export function namingFile(error: unknown, name: string): unknown {
  if (!(error instanceof FetchError) || error.code !== "E_DISK") return error;
  if (error.message.startsWith(`${name}: `)) return error;
  return new FetchError("E_DISK", `${name}: ${error.message}`, { cause: error.cause });
}

/** True for a full disk: then unproven bytes are given back at once. */
export function isDiskFull(error: unknown): boolean {
  const cause = (error as { cause?: unknown } | undefined)?.cause;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return code === "ENOSPC" || code === "EDQUOT";
}
