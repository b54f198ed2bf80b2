import { findBlob, recordBlob, recordedBlob } from "./blob.ts";
import type { Reservation, ReserveOptions } from "./cache.ts";
import type { CacheContext } from "./context.ts";
import { cacheDefaults } from "./defaults.ts";
import { diskError, shown } from "./disk-error.ts";
import { syncFolder, unlinkQuietly } from "./durable.ts";
import { CacheError } from "./error.ts";
import { look } from "./file-state.ts";
import { checkDigest } from "./layout.ts";
import { tryLock, type Lock } from "./lock.ts";
import { readLockFile } from "./lock-file.ts";
import { LockWatch } from "./lock-watch.ts";
import { inheritPartial, listPartials, removePartial } from "./partial.ts";
import { makeBlobFolder } from "./prepare.ts";
import { expectSpace } from "./space.ts";

/**
 * The right to bring one blob, or the blob itself. Over all processes one at a time has that right; the others wait
 * here, are told about its progress, and get the blob when it is there, or the right when it was given back or its
 * holder died (rows D6, D7).
 */
export async function reserve(
  context: CacheContext,
  sha256: string,
  options: ReserveOptions = {},
): Promise<Reservation> {
  const { layout, now, sleep } = context;
  const { signal, waitMs = cacheDefaults.waitMs, onWait } = options;
  checkDigest(sha256);
  signal?.throwIfAborted();
  const watch = new LockWatch(layout.lock(sha256), context.lockTimes, now);
  const startedAt = now();
  let toldAt = startedAt;
  let bytesSoFar = 0;
  let pollMs = context.lockTimes.pollMs;
  try {
    // Whoever holds the lock may just be about to record the blob: it is not hashed here while that lasts.
    const here = await recordedBlob(context, sha256);
    if (here !== undefined) return await present(context, sha256, here);
    const readable = await expectWritable(context, sha256, options);
    if (readable !== undefined) return await present(context, sha256, readable);
    for (;;) {
      const lock = await tryLock(layout, sha256, watch, context.lockTimes);
      if (lock) return await underLock(context, sha256, lock, options);
      if (now() - startedAt >= waitMs) throw await locked(context, sha256, options);
      await sleep(pollMs, signal);
      signal?.throwIfAborted();
      pollMs = Math.min(pollMs * 1.5, context.lockTimes.maxPollMs);
      const brought = await recordedBlob(context, sha256);
      if (brought !== undefined) return await present(context, sha256, brought);
      if (onWait && now() - toldAt >= cacheDefaults.tellMs) {
        toldAt = now();
        const partials = await listPartials(layout, sha256);
        bytesSoFar = Math.max(bytesSoFar, ...partials.map(({ bytes }) => bytes));
        onWait(bytesSoFar);
      }
    }
  } catch (error) {
    throw diskError(error, layout.dir, `reserve ${naming(sha256, options)}`);
  }
}

/** In a cache that cannot be written to only what is there can be had: its path, else the error. */
async function expectWritable(
  context: CacheContext,
  sha256: string,
  { signal }: ReserveOptions,
): Promise<string | undefined> {
  try {
    await context.prepare();
    return undefined;
  } catch (error) {
    const here = await findBlob(context, sha256, signal ? { signal } : {});
    if (here === undefined) throw error;
    return here;
  }
}

async function present(context: CacheContext, sha256: string, path: string): Promise<Reservation> {
  await context.uses.note("hit", sha256);
  return { state: "present", path };
}

async function underLock(
  context: CacheContext,
  sha256: string,
  lock: Lock,
  options: ReserveOptions,
): Promise<Reservation> {
  const { layout } = context;
  try {
    const { signal } = options;
    const here = await findBlob(context, sha256, signal ? { signal } : {});
    if (here !== undefined) {
      await lock.release();
      return await present(context, sha256, here);
    }
    await makeBlobFolder(layout, sha256);
    const quietMs = 4 * context.lockTimes.staleMs;
    const partial = await inheritPartial(layout, sha256, lock, quietMs);
    const needed = Math.max(0, (options.size ?? 0) - partial.bytes);
    if (needed > 0) await expectSpace(layout.partials, needed, context.freeBytes);
    await context.uses.note("miss", sha256);
    return {
      state: "reserved",
      path: layout.blob(sha256),
      partial: partial.path,
      lost: lock.lost,
      commit: () => commit(context, sha256, lock, options),
      release: () => lock.release(),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function commit(
  context: CacheContext,
  sha256: string,
  lock: Lock,
  options: ReserveOptions,
): Promise<void> {
  const path = context.layout.blob(sha256);
  try {
    const stats = await look(path);
    if (stats?.isFile() && options.size !== undefined && stats.size !== BigInt(options.size)) {
      await unlinkQuietly(path);
      throw new CacheError(
        "E_DIGEST",
        `${naming(sha256, options)}: ${stats.size} bytes were put into the cache, ${options.size} were expected: they were thrown away; sync again`,
      );
    }
    await recordBlob(context, sha256);
    await syncFolder(context.layout.blobFolder(sha256.slice(0, 2)));
    await context.uses.note("use", sha256);
    // Only of our own name: whoever took the lock over may still be writing to his.
    for (const partial of await listPartials(context.layout, sha256)) {
      if (partial.token === lock.token) await removePartial(context.layout, partial);
    }
  } catch (error) {
    throw diskError(error, path, "record the file that was brought");
  } finally {
    await lock.release();
  }
}

async function locked(
  context: CacheContext,
  sha256: string,
  options: ReserveOptions,
): Promise<CacheError> {
  const path = context.layout.lock(sha256);
  const note = await readLockFile(path);
  const who = note ? `process ${note.pid} on ${shown(note.host)}` : "another process";
  const since = note ? ` since ${shown(note.since)}` : "";
  return new CacheError(
    "E_LOCKED",
    `${naming(sha256, options)}: ${who} has been bringing it${since}: wait for it or end it, then try again (${shown(path)})`,
  );
}

/** The file's name where the caller told it, else the beginning of its digest. */
function naming(sha256: string, { name }: ReserveOptions): string {
  return name === undefined ? `${sha256.slice(0, 12)}…` : shown(name);
}
