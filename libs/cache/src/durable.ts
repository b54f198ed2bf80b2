import { open, rename, unlink } from "node:fs/promises";
import { systemCode } from "./disk-error.ts";

/** The flush of each folder that was asked for last, and the one among them that has not begun. */
const last = new Map<string, Promise<void>>();
const pending = new Map<string, Promise<void>>();

/**
 * Makes new and removed names of a folder durable (rows D4, D5). Calls that come while one runs share the next: a
 * hundred files placed at once cost a few flushes. Windows cannot open folders; there a rename is all that can be had.
 */
export function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return Promise.resolve();
  const shared = pending.get(folder);
  if (shared) return shared;
  const before = last.get(folder) ?? Promise.resolve();
  const flush = before
    .catch(() => undefined)
    .then(() => {
      pending.delete(folder);
      return flushFolder(folder);
    });
  pending.set(folder, flush);
  last.set(folder, flush);
  const forget = (): void => {
    if (last.get(folder) === flush) last.delete(folder);
  };
  flush.then(forget, forget);
  return flush;
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems flush no folders and say so.
    if (!["EINVAL", "ENOTSUP", "ENOSYS"].includes(systemCode(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}

/** Removes a name if it is there. */
export async function unlinkQuietly(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (systemCode(error) !== "ENOENT") throw error;
  });
}

/**
 * Puts `from` at `to`. Between two names of one file POSIX lets rename do nothing, so the old name is removed then. On
 * Windows a virus scanner or a reader may hold `to` for a moment: tried again for about a second (row D12).
 */
export async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await rename(from, to);
      break;
    } catch (error) {
      const busy = ["EPERM", "EACCES", "EBUSY"].includes(systemCode(error) ?? "");
      if (process.platform !== "win32" || !busy || attempt >= 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
  await unlinkQuietly(from);
}
