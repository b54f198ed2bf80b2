import { open } from "node:fs/promises";
import { diskError } from "./disk-error.ts";

interface Pending {
  readonly running: Promise<void>;
  next: Promise<void> | undefined;
}

const folders = new Map<string, Pending>();

/**
 * Makes renames into a folder durable. Many files that finish together share one fsync: a caller that comes while one
 * runs gets the one after it, which began after the caller's rename.
 */
export function syncFolder(path: string): Promise<void> {
  const pending = folders.get(path);
  if (pending === undefined) return start(path);
  pending.next ??= pending.running.catch(() => undefined).then(() => start(path));
  return pending.next;
}

function start(path: string): Promise<void> {
  const pending: Pending = {
    running: fsync(path).finally(() => {
      if (folders.get(path) === pending) folders.delete(path);
    }),
    next: undefined,
  };
  folders.set(path, pending);
  return pending.running;
}

async function fsync(path: string): Promise<void> {
  try {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Windows opens no folders and some network file systems sync none: the rename itself was right.
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!["EISDIR", "EPERM", "EINVAL", "ENOTSUP"].includes(code)) throw diskError(error, path);
  }
}
