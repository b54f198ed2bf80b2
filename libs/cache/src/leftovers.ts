import { readdir } from "node:fs/promises";
import type { CacheContext } from "./context.ts";
import { systemCode } from "./disk-error.ts";
import { unlinkQuietly } from "./durable.ts";
import { look } from "./file-state.ts";
import { holderState } from "./holder.ts";
import { entry, tokenBeside } from "./layout.ts";
import { tryLock, type Lock } from "./lock.ts";
import { readLockFile } from "./lock-file.ts";
import { LockWatch } from "./lock-watch.ts";
import { listPartials, removePartial } from "./partial.ts";

/** What nobody touched for so long is left over, if its maker cannot be asked. */
export const leftoverMs = 86_400_000;

/**
 * Removes what killed processes left in the cache: temporary files and leases of processes that are gone or, where that
 * cannot be told, that are older than a day; partial files older than a day that nobody is completing (invariant I3).
 */
export async function sweepCache(context: CacheContext): Promise<void> {
  const { layout } = context;
  await sweepFolder(context, layout.temporaries, (name) => name);
  await sweepFolder(context, layout.leases, (name) => layout.leaseOf(name)?.token);
  await sweepLocks(context);
  await sweepPartials(context, leftoverMs);
}

/** Takes over the locks of dead processes, once, and gives them back. */
async function sweepLocks(context: CacheContext): Promise<void> {
  const { layout } = context;
  for (const name of await namesIn(layout.locks)) {
    const part = layout.lockOf(name);
    if (!part) continue;
    const note = await readLockFile(entry(layout.locks, name));
    if (!note || holderState(note.token) !== "gone") continue;
    if (part.kind === "claim") await unlinkQuietly(entry(layout.locks, name));
    else await (await lockOnce(context, part.sha256))?.release();
  }
}

/** The lock of a digest, or undefined where another process holds it now. */
export async function lockOnce(context: CacheContext, sha256: string): Promise<Lock | undefined> {
  const { layout, lockTimes, now } = context;
  const watch = new LockWatch(layout.lock(sha256), lockTimes, now);
  return await tryLock(layout, sha256, watch, lockTimes);
}

/** Removes partial files that nobody is completing and that nothing was added to for `idleMs`. */
export async function sweepPartials(
  context: CacheContext,
  idleMs: number,
): Promise<{ readonly partials: number; readonly bytes: number }> {
  const { layout, now } = context;
  let partials = 0;
  let bytes = 0;
  for (const partial of await listPartials(layout)) {
    if (now() - partial.changedAt < idleMs) continue;
    const lock = await lockOnce(context, partial.sha256);
    if (!lock) continue;
    try {
      await removePartial(layout, partial);
      partials += 1;
      bytes += partial.bytes;
    } finally {
      await lock.release();
    }
  }
  return { partials, bytes };
}

/** Removes temporary files that killed processes left in a folder of an app. Looks once a folder. */
export async function sweepBeside(context: CacheContext, folder: string): Promise<void> {
  if (context.sweptFolders.has(folder)) return;
  context.sweptFolders.add(folder);
  await sweepFolder(context, folder, tokenBeside);
}

async function sweepFolder(
  context: CacheContext,
  folder: string,
  tokenOf: (name: string) => string | undefined,
): Promise<void> {
  for (const name of await namesIn(folder)) {
    const token = tokenOf(name);
    if (token === undefined) continue;
    const path = entry(folder, name);
    const stats = await look(path);
    if (!stats?.isFile()) continue;
    const maker = holderState(token);
    if (maker === "alive") continue;
    if (maker === "unknown" && context.now() - Number(stats.ctimeMs) < leftoverMs) continue;
    await unlinkQuietly(path).catch((error: unknown) => {
      if (!["EACCES", "EPERM", "EROFS"].includes(systemCode(error) ?? "")) throw error;
    });
  }
}

/** Names in a folder; none where it is missing. */
export async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  });
}
