import type { Driver } from "@plimsoll/storage";
import { listChannels } from "./list-channels.ts";
import type { PointerMove } from "./pointer.ts";
import { readPointer } from "./read-pointer.ts";
import type { TrustOptions } from "./trust.ts";

/** One move of a channel: who, when, what. */
export interface HistoryEntry extends PointerMove {
  readonly channel: string;
  /** The channel names it now. */
  readonly isCurrent: boolean;
  /** The channel has withdrawn this version since. */
  readonly isRevoked: boolean;
}

/**
 * Moves of one channel or of all channels of a model, newest first; a channel keeps its last 20. Throws `E_SIG` where keys
 * are given and a channel is not signed by one of them, and what the store throws.
 */
export async function channelHistory(
  driver: Driver,
  model: string,
  options: Omit<TrustOptions, "allowYanked"> & { readonly channel?: string | undefined } = {},
): Promise<HistoryEntry[]> {
  const { channel, keys, now, signal } = options;
  const names =
    channel === undefined
      ? (await listChannels(driver, model, { signal })).map((pointer) => pointer.channel)
      : [channel];
  const entries: HistoryEntry[] = [];
  for (const name of names) {
    const stored = await readPointer(driver, model, name, { keys, now, signal });
    if (stored === undefined) continue;
    const { pointer } = stored;
    const { sequence, version, issued_at, issued_by } = pointer;
    const current = { sequence, version, issued_at, ...(issued_by !== undefined && { issued_by }) };
    for (const [index, move] of [current, ...pointer.history].entries()) {
      entries.push({
        ...move,
        channel: name,
        isCurrent: index === 0,
        isRevoked: pointer.revoked.includes(move.version),
      });
    }
  }
  return entries.sort(
    (a, b) => Date.parse(b.issued_at) - Date.parse(a.issued_at) || b.sequence - a.sequence,
  );
}
