import { basename, dirname, resolve } from "node:path";
import { findBlob } from "./blob.ts";
import type { Placement, PlaceOptions } from "./cache.ts";
import { clone, type Refusals, type Way } from "./clone.ts";
import type { CacheContext } from "./context.ts";
import { diskError, shown } from "./disk-error.ts";
import { renameOver, syncFolder, unlinkQuietly } from "./durable.ts";
import { CacheError } from "./error.ts";
import { isRacy, look, sameFile, stateOf } from "./file-state.ts";
import { newToken } from "./holder.ts";
import { besideTarget, checkDigest } from "./layout.ts";
import { sweepBeside } from "./leftovers.ts";
import { openWay } from "./way.ts";

/**
 * Makes `to` a file of the cached bytes: a temporary file beside it, flushed, renamed over whatever plain file was
 * there. The file that was there is never written to, whoever else has a link to it. Throws `E_NOT_FOUND` for bytes
 * that are not in the cache, `E_PATH` for what must not be replaced, `E_LIMIT` and `E_DISK`.
 */
export async function place(
  context: CacheContext,
  refusals: Refusals,
  sha256: string,
  to: string,
  options: PlaceOptions = {},
): Promise<Placement> {
  checkDigest(sha256);
  const target = resolve(to);
  try {
    return await placeAt(context, refusals, sha256, target, options);
  } catch (error) {
    throw diskError(error, target, "put the file in its place", "folder");
  }
}

async function placeAt(
  context: CacheContext,
  refusals: Refusals,
  sha256: string,
  target: string,
  options: PlaceOptions,
): Promise<Placement> {
  const { copy = false, damaged = false, root, signal } = options;
  signal?.throwIfAborted();
  const startedAt = context.now();
  const there = await openWay(target, root === undefined ? undefined : resolve(root));
  const folder = dirname(target);
  const proofs = context.folderProofs(folder);
  // A file of its own is wanted: one with other links is the cache's, or another app's.
  if (there && !damaged && !(copy && there.nlink > 1n)) {
    if ((await proofs.digest(basename(target), stateOf(there))) === sha256) return "kept";
  }
  const blob = await findBlob(context, sha256, signal ? { signal } : {});
  const stats = blob === undefined ? undefined : await look(blob);
  if (blob === undefined || !stats) throw absent(target, sha256);
  if (there && !copy && sameFile(there, stats)) {
    if (!isRacy(stats.mtimeNs, startedAt)) {
      await proofs.add(basename(target), sha256, stateOf(stats));
    }
    return "kept";
  }
  await sweepBeside(context, folder);
  const temporary = besideTarget(target, newToken());
  const ways: readonly Way[] = copy ? ["reflink", "copy"] : ["reflink", "hardlink", "copy"];
  const way = await clone(
    {
      from: blob,
      state: stateOf(stats),
      sha256,
      to: temporary,
      ways,
      freeBytes: context.freeBytes,
      ...(signal && { signal }),
    },
    refusals,
  );
  if (way === undefined) {
    await findBlob(context, sha256, { full: true });
    throw absent(target, sha256);
  }
  const made = await look(temporary);
  try {
    await renameOver(temporary, target);
  } catch (error) {
    await unlinkQuietly(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
  // A blob that was found in place and is too young to be recorded gives its time to the new file.
  if (made && !isRacy(made.mtimeNs, startedAt))
    await proofs.add(basename(target), sha256, stateOf(made));
  await context.uses.note("use", sha256);
  return way;
}

function absent(target: string, sha256: string): CacheError {
  return new CacheError(
    "E_NOT_FOUND",
    `${shown(target)}: its bytes (${sha256}) are not in the cache, or were damaged there and removed: sync again`,
  );
}
