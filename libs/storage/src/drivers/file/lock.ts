import { randomBytes } from "node:crypto";
import { open, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { systemClock, type Clock } from "../../clock.ts";
import { StorageError } from "../../error.ts";
import { sleep } from "../../sleep.ts";
import { hasCode } from "../../disk-error.ts";
import { makeFolders, type Place } from "./place.ts";
import { tempName } from "./temp-name.ts";
import { isGone, writerId } from "./writer-id.ts";

/** How a lock waits; every field has a default. */
export interface LockOptions {
  readonly signal?: AbortSignal;
  /** A lock whose holder cannot be asked is dead when it was seen unchanged for so long; default 10,000. */
  readonly staleMs?: number;
  /** Longest wait; default 60,000. */
  readonly patienceMs?: number;
  readonly clock?: Clock;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random?: () => number;
}

/** What the holder of a lock may ask. */
export interface HeldLock {
  /** Throws `E_CONFLICT` when it is no longer certain that nobody else took the lock. To be asked before the last step. */
  assertHeld(): Promise<void>;
}

/**
 * Runs `act` while this process alone holds the lock of a place: a file `.<name>.lock` beside it, made with O_EXCL. The
 * lock of a process that died is taken over: at once where that can be known, else after `staleMs` without a change.
 */
export async function underLock<T>(
  place: Place,
  options: LockOptions,
  act: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const clock = options.clock ?? systemClock;
  const staleMs = options.staleMs ?? 10_000;
  const path = join(place.folder, `.${place.name}.lock`);
  const token = await acquire(place, path, { ...options, clock, staleMs });
  const since = clock.now();
  try {
    return await act({
      async assertHeld() {
        // Half the time after which others may take over: what follows has the other half.
        const isFresh = clock.now() - since < staleMs / 2;
        if (isFresh && (await holderOf(path))?.token === token) return;
        throw new StorageError(
          "E_CONFLICT",
          `${place.key}: took too long under its lock; run again`,
        );
      },
    });
  } finally {
    await release(path, token);
  }
}

async function acquire(
  place: Place,
  path: string,
  options: LockOptions & { readonly clock: Clock; readonly staleMs: number },
): Promise<string> {
  const { clock, signal, random = Math.random } = options;
  const token = randomBytes(8).toString("hex");
  const begun = clock.now();
  let seen = { token: "", since: begun };
  for (;;) {
    signal?.throwIfAborted();
    if (await create(place, path, token)) return token;
    const holder = await holderOf(path);
    if (holder === undefined) continue;
    if (holder.token !== seen.token) seen = { token: holder.token, since: clock.now() };
    const isDead = holder.isGone ?? clock.now() - seen.since >= options.staleMs;
    if (isDead) {
      if (await takeOver(place, path, holder.token, token, options)) return token;
      continue;
    }
    if (clock.now() - begun > (options.patienceMs ?? 60_000)) {
      throw new StorageError("E_TIMEOUT", `${place.key}: locked by another process (${path})`);
    }
    await (options.sleep ?? sleep)(2 + random() * 20, signal);
  }
}

/**
 * Replaces a dead holder. Of several that try, the one that holds the seat `<lock>.<dead token>` may; as tokens are never
 * used twice, a seat is about this one death only, and whoever comes late finds another token in the lock.
 */
async function takeOver(
  place: Place,
  path: string,
  deadToken: string,
  token: string,
  options: LockOptions & { readonly clock: Clock; readonly staleMs: number },
): Promise<boolean> {
  const seat = `${path}.${deadToken}`;
  const seatToken = await acquire(place, seat, options);
  try {
    if ((await holderOf(path))?.token !== deadToken) return false;
    const temp = join(place.folder, tempName(place.name));
    await writeFile(temp, content(token), { flag: "wx" });
    await rename(temp, path);
    return true;
  } finally {
    await release(seat, seatToken);
  }
}

async function create(place: Place, path: string, token: string): Promise<boolean> {
  for (;;) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(content(token)).finally(() => file.close());
      return true;
    } catch (error) {
      if (hasCode(error, "EEXIST")) return false;
      if (!hasCode(error, "ENOENT")) throw error;
      await makeFolders(place);
    }
  }
}

/** Who holds a lock; `undefined` where nobody does. A lock that is not written yet says nothing of its holder. */
async function holderOf(
  path: string,
): Promise<{ token: string; isGone: boolean | undefined } | undefined> {
  const text = await readFile(path, "latin1").catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const [, token, writer] = /^([0-9a-f]{16}) (\S+)\n$/.exec(text) ?? [];
  if (token === undefined || writer === undefined) return { token: "none", isGone: undefined };
  // No answer, unless it is certain: a process of this machine that lives may hang, and is waited for like any other.
  return { token, isGone: isGone(writer) === true ? true : undefined };
}

async function release(path: string, token: string): Promise<void> {
  if ((await holderOf(path))?.token === token) await unlink(path).catch(() => undefined);
}

function content(token: string): string {
  return `${token} ${writerId}\n`;
}
