import type { Driver } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { judgePointer } from "./judge-pointer.ts";
import type { Pointer } from "./pointer.ts";
import { readPointer } from "./read-pointer.ts";
import type { TrustMemory } from "./trust-memory.ts";
import type { TrustOptions } from "./trust.ts";
import { yankedError } from "./yanked.ts";

/** How a reader follows channels. */
export interface FollowOptions extends TrustOptions {
  /** The moves that this machine has seen; default none: replays cannot be noticed. */
  readonly memory?: TrustMemory | undefined;
  /** What an expired channel is: `warn` (default) goes on and says so, `refuse` is `E_STALE`. */
  readonly stale?: "warn" | "refuse" | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * Where a channel points, as far as it may be believed: signed by a trusted key where keys are given, then held against
 * what was seen before, then remembered. Undefined where there is no such channel and none was seen before.
 *
 * Without keys an older copy is only a warning, since the host can write anything anyway. Throws `E_SIG`, `E_ROLLBACK`,
 * `E_EQUIVOCATION`, `E_SEQUENCE`, `E_STALE`, `E_YANKED`, and what the store throws.
 */
export async function followChannel(
  driver: Driver,
  model: string,
  channel: string,
  options: FollowOptions = {},
): Promise<Pointer | undefined> {
  const { keys, signal, memory, allowYanked } = options;
  const isStrict = keys !== undefined && keys.length > 0;
  const warn = options.onWarning ?? (() => undefined);
  const place = { store: driver.url, model, channel };
  const remembered = await memory?.recall(place);
  // Time never goes back behind what was seen: a clock that is set back must not revive a retired key (row T16).
  const floor = Date.parse(remembered?.seen?.issued_at ?? "");
  const clock = (options.now?.() ?? new Date()).getTime();
  const at = Number.isNaN(floor) ? clock : Math.max(clock, floor);
  const now = (): Date => new Date(at);
  const stored = await readPointer(driver, model, channel, { keys, now, signal });
  const where = `channel ${channel} of ${model} at ${driver.url}`;
  if (stored === undefined) {
    if (!isStrict || remembered?.seen === undefined) return undefined;
    throw new WeightsError(
      "E_ROLLBACK",
      `${where}: gone, but move ${remembered.seen.sequence} was seen before. What is here stays; after a deliberate reset: plimsoll trust reset`,
    );
  }
  const { pointer, digest } = stored;
  const seen = remembered?.seen;
  if (isStrict && remembered !== undefined && seen === undefined) {
    const why = remembered.isLost ? "the memory of earlier moves is damaged" : "first look";
    warn(`${where}: ${why}: move ${pointer.sequence} is taken as the newest, as it is signed`);
  }
  let isStale = false;
  try {
    isStale = judgePointer(pointer, digest, seen, { source: driver.url, at }).isStale;
  } catch (error) {
    if (isStrict) throw error;
    warn(`${(error as Error).message} (not signed, so this is a warning)`);
  }
  const isNew = seen?.sequence !== pointer.sequence || seen.digest !== digest;
  if (memory !== undefined && isNew && (seen === undefined || pointer.sequence >= seen.sequence)) {
    await memory.remember(place, {
      sequence: pointer.sequence,
      digest,
      issued_at: pointer.issued_at,
    });
  }
  if (isStale) {
    const message = `${where}: expired ${pointer.expires}: nobody has renewed it, or the host keeps newer moves back (promote again renews it; is this machine's clock right?)`;
    if (options.stale === "refuse") throw new WeightsError("E_STALE", message);
    warn(`stale: ${message}`);
  }
  if (!allowYanked && pointer.revoked.includes(pointer.version)) {
    throw yankedError(model, pointer.version, `channel ${channel} revokes it`, driver.url);
  }
  return pointer;
}
