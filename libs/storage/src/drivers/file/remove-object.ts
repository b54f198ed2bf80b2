import { rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";

import { hasCode } from "../../disk-error.ts";
import { hasFolders, lstatOrUndefined, type Place } from "./place.ts";
import { syncFolder } from "./sync-folder.ts";

/** Removes the file at a place, and the folders that it leaves empty: an object store has none either. */
export async function removeObject(place: Place): Promise<void> {
  if (!(await hasFolders(place.root, place.folders))) return;
  const found = await lstatOrUndefined(place.path);
  if (found === undefined || found.isDirectory()) return;
  await unlink(place.path).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) throw error;
  });
  await syncFolder(place.folder).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) throw error;
  });
  for (let depth = place.folders.length; depth > 0; depth -= 1) {
    try {
      await rmdir(join(place.root, ...place.folders.slice(0, depth)));
    } catch {
      // Not empty, or somebody else's matter: it stays.
      return;
    }
  }
}
