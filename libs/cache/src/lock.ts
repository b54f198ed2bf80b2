import { utimes } from "node:fs/promises";
import type { LockTimes } from "./defaults.ts";
import { shown } from "./disk-error.ts";
import { unlinkQuietly } from "./durable.ts";
import { CacheError } from "./error.ts";
import { newToken } from "./holder.ts";
import type { Layout } from "./layout.ts";
import { createLockFile, readLockFile, replaceLockFile } from "./lock-file.ts";
import type { LockWatch } from "./lock-watch.ts";

/** The right to bring or to remove one blob. */
export interface Lock {
  readonly token: string;
  /** The token whose lock was taken over although its process may still run; see `inheritPartial`. */
  readonly stolenFrom: string | undefined;
  /** Aborts when another process has taken the lock over. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Takes the lock of a digest, or gives undefined where another holds it. The lock file appears whole by hard link (by
 * exclusive creation where there are none). A stale one is taken over in two steps, so that of many processes that
 * notice at once only one does it: whoever makes the claim file named after the stale token may put its own lock in the
 * place of that one.
 *
 * The lock saves work; nothing wrong is ever stored for the lack of it. Each holder has a partial file of its own, and a
 * blob appears by rename of proven bytes only.
 */
export async function tryLock(
  layout: Layout,
  sha256: string,
  watch: LockWatch,
  times: LockTimes,
): Promise<Lock | undefined> {
  const path = layout.lock(sha256);
  const seen = await watch.look();
  if (!seen) {
    const token = newToken();
    const made = await createLockFile(layout, path, token);
    return made ? hold(path, token, undefined, times) : undefined;
  }
  if (seen.state === "held") return undefined;
  const stolenFrom = seen.state === "silent" ? seen.token : undefined;
  const token = newToken();
  const claim = layout.claim(sha256, seen.token ?? "unreadable");
  if (!(await createLockFile(layout, claim, token))) {
    await watch.dropStaleClaim(claim);
    return undefined;
  }
  try {
    // Somebody may have taken it over between our look and our claim.
    if ((await readLockFile(path))?.token !== seen.token) return undefined;
    await replaceLockFile(layout, path, token);
  } finally {
    await unlinkQuietly(claim);
  }
  return hold(path, token, stolenFrom, times);
}

function hold(path: string, token: string, stolenFrom: string | undefined, times: LockTimes): Lock {
  const lost = new AbortController();
  const isOurs = async (): Promise<boolean> => (await readLockFile(path))?.token === token;
  let beating: Promise<void> | undefined;
  const beat = async (): Promise<void> => {
    if (await isOurs()) {
      const now = new Date();
      // A beat that fails is one beat less; the next may do.
      await utimes(path, now, now).catch(() => undefined);
    } else if (!(await isOurs())) {
      clearInterval(timer);
      const line = `${shown(path)}: another process took this lock over: try again`;
      lost.abort(new CacheError("E_LOCKED", line));
    }
  };
  const timer = setInterval(() => {
    beating ??= beat().finally(() => {
      beating = undefined;
    });
  }, times.heartbeatMs);
  // The work keeps the process alive, not the sign of life.
  timer.unref();
  const release = async (): Promise<void> => {
    clearInterval(timer);
    await beating;
    if (await isOurs()) await unlinkQuietly(path).catch(() => undefined);
  };
  return { token, stolenFrom, lost: lost.signal, release };
}
