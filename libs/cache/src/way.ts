import type { BigIntStats } from "node:fs";
import { mkdir, readlink } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { shown, systemCode } from "./disk-error.ts";
import { CacheError } from "./error.ts";
import { look } from "./file-state.ts";

/**
 * Makes the folders from `root` down to the one of `to`, and says what lies at `to`. Throws `E_PATH` where a symbolic
 * link or anything but a folder is on the way, or a symbolic link, a folder, a pipe or a device at `to` (row D9): a
 * file placed through one would land somewhere else. `root` itself may be a symbolic link; without it the folder of
 * `to` is taken for it.
 */
export async function openWay(
  to: string,
  root: string = dirname(to),
): Promise<BigIntStats | undefined> {
  const below = relative(root, to);
  if (below === "" || below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below)) {
    throw new CacheError(
      "E_PATH",
      `${shown(to)}: lies outside ${shown(root)}: nothing is put there`,
    );
  }
  await mkdir(root, { recursive: true });
  let folder = root;
  for (const segment of dirname(below).split(sep)) {
    if (segment === ".") continue;
    folder = join(folder, segment);
    await mkdir(folder).catch((error: unknown) => {
      if (systemCode(error) !== "EEXIST") throw error;
    });
    const stats = await look(folder);
    if (!stats?.isDirectory()) throw await inTheWay(folder, stats, "a folder");
  }
  const stats = await look(to);
  if (stats && !stats.isFile()) throw await inTheWay(to, stats, "a plain file");
  return stats;
}

async function inTheWay(
  path: string,
  stats: BigIntStats | undefined,
  wanted: string,
): Promise<CacheError> {
  const found = stats ? await whatIsThere(path, stats) : "something that comes and goes";
  return new CacheError(
    "E_PATH",
    `${shown(path)}: is ${found} where ${wanted} belongs: move it away, then try again`,
  );
}

async function whatIsThere(path: string, stats: BigIntStats): Promise<string> {
  if (stats.isSymbolicLink()) {
    const target = await readlink(path).catch(() => "?");
    return `a symbolic link to ${shown(target)}`;
  }
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return "a device";
  return "a file";
}
