import { mkdir, open, readdir, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { besideTarget, holderState, newToken, tokenBeside } from "@plimsoll/cache";

/**
 * Makes `path` a file of these bytes, whole or not at all: temporary file beside it, fsync, rename, fsync of the
 * folder. A reader sees the old or the new content; what a killed process left of an earlier try goes. Throws what the operating system says.
 */
export async function writeFileWhole(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = besideTarget(path, newToken());
  await dropLeft(folder, basename(path));
  try {
    const file = await open(temporary, "wx", 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

/** Temporary files of this name whose maker is gone. */
async function dropLeft(folder: string, name: string): Promise<void> {
  for (const left of await readdir(folder)) {
    const token = left.startsWith(`.${name}.`) ? tokenBeside(left) : undefined;
    if (token === undefined || holderState(token) !== "gone") continue;
    await unlink(join(folder, left)).catch(() => undefined);
  }
}

/** Windows cannot open folders; there the rename is all that can be had. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
