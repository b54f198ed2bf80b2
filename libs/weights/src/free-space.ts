import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { WeightsError } from "./error.ts";
import { codeOf } from "./problem.ts";

/**
 * Throws `E_LIMIT` before anything is fetched if a disk has not the room for it: that of the cache, and that of the
 * app's folder where it is another one, since the files are then copied (row M12).
 */
export async function expectSpace(
  needBytes: number,
  folders: { readonly cache: string; readonly app: string },
): Promise<void> {
  if (needBytes === 0) return;
  const cache = await nearestFolder(folders.cache);
  const app = await nearestFolder(folders.app);
  const disks = (await stat(cache)).dev === (await stat(app)).dev ? [cache] : [cache, app];
  for (const folder of disks) {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    if (free >= needBytes) continue;
    throw new WeightsError(
      "E_LIMIT",
      `${folder}: ${needBytes} bytes are to come and ${free} are free: make room, or move the cache with PLIMSOLL_CACHE_DIR`,
    );
  }
}

/** The folder, or the closest above it that exists. */
async function nearestFolder(folder: string): Promise<string> {
  try {
    await stat(folder);
    return folder;
  } catch (error) {
    if (codeOf(error) !== "E_NOT_FOUND" || dirname(folder) === folder) throw error;
    return await nearestFolder(dirname(folder));
  }
}
