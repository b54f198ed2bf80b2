import { utimes, writeFile } from "node:fs/promises";
import { findBlob } from "./blob.ts";
import type { Lease } from "./cache.ts";
import type { CacheContext } from "./context.ts";
import { diskError } from "./disk-error.ts";
import { unlinkQuietly } from "./durable.ts";
import { look } from "./file-state.ts";
import { holderState, newToken } from "./holder.ts";
import { checkDigest, entry } from "./layout.ts";
import { leftoverMs, namesIn } from "./leftovers.ts";
import { LockWatch } from "./lock-watch.ts";

/** How often a lease shows that it is meant: well within the day after which one of an unknown process is void. */
const RENEW_MS = 3_600_000;

/**
 * Path of a blob that stays there until it is released or this process ends: no `gc` and no `clear` of any process
 * takes it. Undefined where the blob is absent or damaged.
 */
export async function lease(context: CacheContext, sha256: string): Promise<Lease | undefined> {
  const { layout, lockTimes, now, sleep } = context;
  checkDigest(sha256);
  // Nothing is removed from a cache that nobody may write to.
  const path = (await context.writable()) ? layout.lease(sha256, newToken()) : undefined;
  let timer: NodeJS.Timeout | undefined;
  const release = async (): Promise<void> => {
    clearInterval(timer);
    if (path !== undefined) await unlinkQuietly(path);
  };
  try {
    if (path !== undefined) await writeFile(path, "", { flag: "wx", mode: 0o644 });
    // A lock beside a blob is one that is about to remove or to record it.
    const watch = new LockWatch(layout.lock(sha256), lockTimes, now);
    while ((await look(layout.blob(sha256))) && (await watch.look())?.state === "held") {
      await sleep(lockTimes.pollMs);
    }
    const blob = await findBlob(context, sha256);
    if (blob === undefined) {
      await release();
      return undefined;
    }
    if (path !== undefined) {
      timer = setInterval(() => void renew(path), RENEW_MS);
      timer.unref();
    }
    await context.uses.note("hit", sha256);
    return { path: blob, release, [Symbol.asyncDispose]: release };
  } catch (error) {
    await release().catch(() => undefined);
    throw diskError(error, layout.blob(sha256), "lease the cached file");
  }
}

/** Digests that a living process holds a lease on; one of another machine counts until it was not renewed for a day. */
export async function liveLeases(context: CacheContext): Promise<ReadonlySet<string>> {
  const { layout, now } = context;
  const live = new Set<string>();
  for (const name of await namesIn(layout.leases)) {
    const part = layout.leaseOf(name);
    if (!part) continue;
    const holder = holderState(part.token);
    if (holder === "gone") continue;
    if (holder === "unknown") {
      const stats = await look(entry(layout.leases, name));
      if (!stats || now() - Number(stats.mtimeMs) > leftoverMs) continue;
    }
    live.add(part.sha256);
  }
  return live;
}

async function renew(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}
