import { lstat, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";

import { checkKey } from "../../check-key.ts";
import { StorageError } from "../../error.ts";
import { hasCode } from "../../disk-error.ts";
import { syncFolder } from "./sync-folder.ts";

/** Where a key lies below a store's folder. */
export interface Place {
  readonly key: string;
  readonly root: string;
  /** Names of the folders between the root and the file. */
  readonly folders: readonly string[];
  /** Path of the last of these folders. */
  readonly folder: string;
  readonly name: string;
  readonly path: string;
}

/** The place of a key. Throws `E_PATH` for a text that is no key: the grammar keeps every place below the root. */
export function placeOf(root: string, key: string): Place {
  checkKey(key);
  const folders = key.split("/");
  const name = folders.pop() ?? "";
  const folder = join(root, ...folders);
  return { key, root, folders, folder, name, path: join(folder, name) };
}

/**
 * Whether the folders of a place are there. Throws `E_PATH` where one of them is a symbolic link: a link may lead out
 * of the store, and below the root there is no use for one (row D9). The root itself may be a link.
 */
export async function hasFolders(root: string, folders: readonly string[]): Promise<boolean> {
  let path = root;
  for (const segment of folders) {
    path = join(path, segment);
    const found = await lstatOrUndefined(path);
    if (found === undefined) return false;
    if (found.isSymbolicLink()) throw linkRefused(path);
    if (!found.isDirectory()) return false;
  }
  return true;
}

/** Makes the folders of a place that are missing, durable before the file that will lie in them. */
export async function makeFolders(place: Place): Promise<void> {
  const made = await mkdir(place.root, { recursive: true });
  if (made !== undefined) await syncFolder(dirname(made));
  let path = place.root;
  for (const segment of place.folders) {
    const parent = path;
    path = join(path, segment);
    let found = await lstatOrUndefined(path);
    if (found === undefined) {
      await mkdir(path).catch((error: unknown) => {
        if (!hasCode(error, "EEXIST")) throw error;
      });
      await syncFolder(parent);
      found = await lstat(path);
    }
    if (found.isSymbolicLink()) throw linkRefused(path);
    if (!found.isDirectory()) {
      throw new StorageError(
        "E_CONFLICT",
        `${place.key}: ${path} is an object; a folder store holds no object below another`,
      );
    }
  }
}

/** `lstat`, with `undefined` for what is not there. */
export async function lstatOrUndefined(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/** The refusal of a symbolic link below the root. */
export function linkRefused(path: string): StorageError {
  return new StorageError(
    "E_PATH",
    `${path}: a symbolic link inside a store is not followed; replace it by the file itself`,
  );
}
