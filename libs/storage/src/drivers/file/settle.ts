import { link, rename, unlink } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

import { StorageError } from "../../error.ts";
import { hasCode } from "../../disk-error.ts";
import { lstatOrUndefined, type Place } from "./place.ts";
import { syncFolder } from "./sync-folder.ts";
import { underLock } from "./lock.ts";

/**
 * Gives a finished temporary file its name in one step and makes that durable. With `onlyIfAbsent` a name that is taken
 * is `E_EXISTS`: a hard link cannot replace anything, which a rename would.
 */
export async function settle(temp: string, place: Place, onlyIfAbsent: boolean): Promise<void> {
  if (onlyIfAbsent) await nameIfAbsent(temp, place);
  else await replace(temp, place);
  await syncFolder(place.folder);
}

/** The refusal of a write to a key that is taken. */
export function exists(place: Place): StorageError {
  return new StorageError("E_EXISTS", `${place.key}: exists already in ${place.root}`);
}

async function taken(place: Place): Promise<StorageError> {
  const found = await lstatOrUndefined(place.path);
  return found?.isDirectory() === true ? holdsOthers(place) : exists(place);
}

function holdsOthers(place: Place): StorageError {
  return new StorageError(
    "E_CONFLICT",
    `${place.key}: other objects lie below it; a folder store cannot hold both`,
  );
}

async function nameIfAbsent(temp: string, place: Place): Promise<void> {
  try {
    await link(temp, place.path);
  } catch (error) {
    if (hasCode(error, "EEXIST")) throw await taken(place);
    if (!hasCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL"))
      throw error;
    // No hard links here (FAT, some network folders): one writer after another looks and renames.
    await underLock(place, {}, async () => {
      if ((await lstatOrUndefined(place.path)) !== undefined) throw await taken(place);
      await replace(temp, place);
    });
    return;
  }
  // A second name that stays behind does no harm and is swept later.
  await unlink(temp).catch(() => undefined);
}

async function replace(temp: string, place: Place): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(temp, place.path);
      return;
    } catch (error) {
      if (hasCode(error, "EISDIR", "ENOTEMPTY", "EEXIST")) {
        throw holdsOthers(place);
      }
      // Windows refuses while a reader or a virus scanner has the old file open.
      const isHeld = process.platform === "win32" && hasCode(error, "EPERM", "EBUSY", "EACCES");
      if (!isHeld || attempt === 10) throw error;
      await wait(20 * attempt);
    }
  }
}
