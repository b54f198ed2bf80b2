import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { WeightsError } from "./error.ts";
import { codeOf } from "./problem.ts";

/** Bytes that are to come. */
export interface Room {
  /** Into the cache. */
  readonly fetched: number;
  /** Into the app's folder, where the cache is on another disk: all that is not there yet, less what it replaces. */
  readonly placed: number;
}

/**
 * Throws `E_LIMIT` before anything is fetched or replaced if a disk has not the room for it: that of the cache, and that
 * of the app's folder where it is another one, since the files are then copied (rows D1, M12).
 */
export async function expectSpace(
  { fetched, placed }: Room,
  folders: { readonly cache: string; readonly app: string },
  disks: Disks = systemDisks,
): Promise<void> {
  if (fetched === 0 && placed === 0) return;
  const cache = await nearestFolder(folders.cache);
  const app = await nearestFolder(folders.app);
  await expectFree(cache, fetched, "move the cache with PLIMSOLL_CACHE_DIR", disks);
  if ((await disks.deviceOf(cache)) === (await disks.deviceOf(app))) return;
  await expectFree(app, placed, "name a folder on another disk", disks);
}

/** What is asked of the operating system. */
export interface Disks {
  readonly deviceOf: (folder: string) => Promise<number>;
  readonly freeBytes: (folder: string) => Promise<number>;
}

const systemDisks: Disks = {
  deviceOf: async (folder) => (await stat(folder)).dev,
  async freeBytes(folder) {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
};

async function expectFree(
  folder: string,
  needed: number,
  way: string,
  { freeBytes }: Disks,
): Promise<void> {
  if (needed === 0) return;
  const free = await freeBytes(folder);
  if (free >= needed) return;
  const text = `${folder}: ${needed} bytes are to come and ${free} are free: make room, or ${way}`;
  throw new WeightsError("E_LIMIT", text);
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
