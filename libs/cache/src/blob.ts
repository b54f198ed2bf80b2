import { rmdir } from "node:fs/promises";
import type { CacheContext } from "./context.ts";
import { diskError, shown, systemCode } from "./disk-error.ts";
import { unlinkQuietly } from "./durable.ts";
import { CacheError } from "./error.ts";
import { backdate, isRacy, look, sameFile, stateOf } from "./file-state.ts";
import { holderState } from "./holder.ts";
import { listPartials, removePartial } from "./partial.ts";
import { hashFile, openPlain, type HashOptions } from "./hash-file.ts";

export interface FindOptions extends HashOptions {
  /** Hash even what is recorded. */
  readonly full?: boolean;
  /** A file that was just found not to hold these bytes: a blob that is this very file is damaged, and not hashed. */
  readonly damaged?: string;
}

/** Path of a blob whose recorded state matches its file; no byte is read. */
export async function recordedBlob(
  context: CacheContext,
  sha256: string,
): Promise<string | undefined> {
  const path = context.layout.blob(sha256);
  const stats = await look(path);
  if (!stats?.isFile()) return undefined;
  const proven = await context.blobProofs.digest(sha256, stateOf(stats));
  return proven === sha256 ? path : undefined;
}

/**
 * Path of a blob, hashed unless its recorded state matches. What is damaged or no plain file is removed and counts as
 * absent (rows D8, D9).
 */
export async function findBlob(
  context: CacheContext,
  sha256: string,
  options: FindOptions = {},
): Promise<string | undefined> {
  const path = context.layout.blob(sha256);
  options.signal?.throwIfAborted();
  try {
    const stats = await look(path);
    if (!stats) return undefined;
    if (!stats.isFile()) {
      await dropBlob(context, sha256, stats, "is no plain file");
      return undefined;
    }
    const other = options.damaged === undefined ? undefined : await look(options.damaged);
    if (other && sameFile(other, stats)) {
      await dropBlob(context, sha256, stats, "is damaged, as its other name in an app's folder");
      return undefined;
    }
    if (!options.full && (await recordedBlob(context, sha256))) return path;
    const startedAt = context.now();
    const hashed = await hashSteady(path, options);
    if (hashed?.sha256 === sha256) {
      await settle(path);
      if (!isRacy(hashed.stats.mtimeNs, startedAt)) {
        await context.blobProofs.add(sha256, sha256, stateOf(hashed.stats));
      }
      await dropRests(context, sha256);
      return path;
    }
    const why = hashed ? `holds ${hashed.sha256}` : "changed while it was read";
    await dropBlob(context, sha256, stats, why);
    return undefined;
  } catch (error) {
    // Another process removed it, or put something else there, after our look.
    if (["ENOENT", "ELOOP"].includes(systemCode(error) ?? "")) return undefined;
    throw diskError(error, path, "read the cached file");
  }
}

/** Removes what a process left that was killed after its blob appeared and before it cleared up (invariant I3). */
async function dropRests({ layout, log }: CacheContext, sha256: string): Promise<void> {
  try {
    for (const partial of await listPartials(layout, sha256)) {
      if (holderState(partial.token) === "gone") await removePartial(layout, partial);
    }
  } catch (error) {
    log(`${shown(layout.partials)}: could not remove leftovers: ${String(error)}`);
  }
}

/** Records a blob that was just put in place by rename, its bytes proven: read-only from now on. */
export async function recordBlob(context: CacheContext, sha256: string): Promise<void> {
  const path = context.layout.blob(sha256);
  const provenAt = context.now();
  await settle(path, provenAt);
  const stats = await look(path);
  if (!stats?.isFile()) {
    throw new CacheError(
      "E_DISK",
      `${shown(path)}: is not there, though it was brought: put the finished file there by rename, then commit`,
    );
  }
  if (isRacy(stats.mtimeNs, provenAt)) return;
  await context.blobProofs.add(sha256, sha256, stateOf(stats));
}

/** Removes a blob, unless another file has come in its place. */
export async function dropBlob(
  context: CacheContext,
  sha256: string,
  seen: { readonly dev: bigint; readonly ino: bigint; isDirectory(): boolean },
  why: string,
): Promise<void> {
  const path = context.layout.blob(sha256);
  const parent = await look(context.layout.blobFolder(sha256.slice(0, 2)));
  const now = await look(path);
  if (!parent?.isDirectory() || !now || !sameFile(now, seen)) return;
  context.log(`${shown(path)}: ${why}, not what its name says: removed from the cache`);
  try {
    // A folder with something in it is not ours to remove.
    await (seen.isDirectory() ? rmdir(path) : unlinkQuietly(path));
  } catch (error) {
    const code = systemCode(error) ?? "";
    if (code === "ENOTEMPTY" || code === "EEXIST") {
      throw new CacheError("E_PATH", `${shown(path)}: is a folder where a file belongs: remove it`);
    }
    // In a read-only cache it stays and counts as absent all the same.
    if (!["EROFS", "EACCES", "EPERM"].includes(code)) throw error;
  }
}

/** The process that put it there may set its time while we read: that is no damage, so it is read again. */
async function hashSteady(
  path: string,
  options: FindOptions,
): Promise<Awaited<ReturnType<typeof hashFile>>> {
  for (let attempt = 1; ; attempt += 1) {
    const hashed = await hashFile(path, options);
    if (hashed || attempt === 3) return hashed;
  }
}

/**
 * Makes a proven blob read-only. Whoever put it there sets its time back as well, so that the proof can be trusted at
 * once. Nobody else does, least of all before it is hashed: a damaged file, set back, could look as it did when it was
 * proven, and so could the file of an app that is the same by hard link.
 */
async function settle(path: string, provenAt?: number): Promise<void> {
  let file;
  try {
    file = await openPlain(path);
    const stats = await file.stat();
    if (!stats.isFile()) return;
    if (provenAt !== undefined) await backdate(file, provenAt);
    if ((stats.mode & 0o777) !== 0o444) await file.chmod(0o444);
  } catch (error) {
    if (!["EROFS", "EACCES", "EPERM", "ENOENT"].includes(systemCode(error) ?? "")) throw error;
  } finally {
    await file?.close();
  }
}
