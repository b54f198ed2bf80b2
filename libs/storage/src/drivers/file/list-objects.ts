import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { isKey } from "../../check-key.ts";
import type { ListEntry, ListOptions } from "../../driver.ts";
import { hasCode } from "../../disk-error.ts";
import { describe } from "./object-stat.ts";
import { hasFolders } from "./place.ts";
import { lstat } from "node:fs/promises";

/** Files looked at together: one at a time leaves the disk waiting. */
const batch = 32;

/**
 * The objects whose key starts with a prefix. What is no key is left out: temporary files and locks, names that the
 * grammar does not know, links, devices. No token is given, since that of a small object is a digest.
 */
export async function* listObjects(
  root: string,
  prefix: string,
  { depth, signal }: ListOptions,
): AsyncGenerator<ListEntry, void, void> {
  signal?.throwIfAborted();
  const folders = prefix.split("/");
  const start = folders.pop() ?? "";
  if (!(await hasFolders(root, folders))) return;
  const below = folders.length === 0 ? "" : `${folders.join("/")}/`;
  yield* walk(root, below, start, depth === "shallow", signal);
}

/** Lists the folder `below` (empty, or a key and `/`), and of it the names that begin with `start`. */
async function* walk(
  root: string,
  below: string,
  start: string,
  isShallow: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListEntry, void, void> {
  const entries = (await entriesOf(join(root, below))).filter(
    (entry) => entry.name.startsWith(start) && isKey(below + entry.name),
  );
  const files = entries.filter((entry) => entry.isFile());
  for (let first = 0; first < files.length; first += batch) {
    signal?.throwIfAborted();
    const looks = files.slice(first, first + batch).map((file) => look(root, below + file.name));
    for (const found of await Promise.all(looks)) if (found !== undefined) yield found;
  }
  for (const folder of entries.filter((entry) => entry.isDirectory())) {
    signal?.throwIfAborted();
    const key = `${below}${folder.name}/`;
    if (!isShallow) yield* walk(root, key, "", false, signal);
    else if (await holdsObject(root, key)) yield { type: "prefix", key };
  }
}

async function look(root: string, key: string): Promise<ListEntry | undefined> {
  const raw = await lstat(join(root, key), { bigint: true }).catch((error: unknown) => {
    // Removed since the folder was read.
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  });
  if (raw === undefined || !raw.isFile()) return undefined;
  const { size, modifiedAt } = describe(key, raw, undefined);
  return { type: "object", key, size, ...(modifiedAt && { modifiedAt }) };
}

async function holdsObject(root: string, below: string): Promise<boolean> {
  const entries = await entriesOf(join(root, below));
  if (entries.some((entry) => entry.isFile() && isKey(below + entry.name))) return true;
  for (const entry of entries) {
    const key = below + entry.name;
    if (entry.isDirectory() && isKey(key) && (await holdsObject(root, `${key}/`))) return true;
  }
  return false;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}
