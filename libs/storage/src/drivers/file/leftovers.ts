import { lstat, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";

import { isKey } from "../../check-key.ts";
import type { UnfinishedUpload } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { hasCode } from "../../disk-error.ts";
import { hasFolders } from "./place.ts";
import { isLeftover, leftoverAfterMs, nameOfTemp } from "./temp-name.ts";

/** A seat of a lock's takeover, see lock.ts; one that is old was left by a process that died in it. */
const seatForm = /^\..+\.lock(?:\.(?:[0-9a-f]{16}|none))+$/;

/** Removes temporary files in one folder that nobody writes any more. What cannot be removed stays. */
export async function sweepFolder(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const isSeat = seatForm.test(name);
    if (!isSeat && nameOfTemp(name) === undefined) continue;
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) continue;
    const age = now - found.mtimeMs;
    if (isSeat ? age > leftoverAfterMs : isLeftover(name, age)) {
      await unlink(path).catch(() => undefined);
    }
  }
}

/** Every temporary file below a prefix, those that are being written included. The id is the file's path below the root. */
export async function* findTemps(
  root: string,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<UnfinishedUpload, void, void> {
  const folders = prefix.split("/").slice(0, -1);
  if (!(await hasFolders(root, folders))) return;
  yield* walk(root, folders.length === 0 ? "" : `${folders.join("/")}/`, prefix, signal);
}

/** Removes one temporary file that `findTemps` named. */
export async function removeTemp(root: string, upload: UnfinishedUpload): Promise<void> {
  const folders = upload.id.split("/");
  const file = folders.pop() ?? "";
  const key = [...folders, nameOfTemp(file) ?? ""].join("/");
  if (!isKey(upload.key) || key !== upload.key) {
    throw new StorageError("E_USAGE", `${upload.key}: no unfinished upload of this store`);
  }
  if (!(await hasFolders(root, folders))) return;
  await unlink(join(root, ...folders, file)).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) throw error;
  });
}

async function* walk(
  root: string,
  below: string,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<UnfinishedUpload, void, void> {
  signal?.throwIfAborted();
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const name = entry.isFile() ? nameOfTemp(entry.name) : undefined;
    const key = `${below}${name ?? entry.name}`;
    if (!isKey(key) || !(key.startsWith(prefix) || prefix.startsWith(`${key}/`))) continue;
    if (entry.isDirectory()) yield* walk(root, `${key}/`, prefix, signal);
    if (name === undefined) continue;
    const found = await lstat(join(root, below, entry.name)).catch(() => undefined);
    if (found !== undefined) {
      yield { key, id: `${below}${entry.name}`, startedAt: found.birthtime };
    }
  }
}
