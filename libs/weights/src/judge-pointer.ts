import { WeightsError } from "./error.ts";
import type { Pointer } from "./pointer.ts";

/** What was seen of a channel before. */
export interface SeenPointer {
  readonly sequence: number;
  /** SHA-256 of the pointer's bytes, hex. */
  readonly digest: string;
  /** ISO 8601. */
  readonly issued_at: string;
}

/** A channel does not move so often between two looks; an attacker who wants to block it for ever would (row T6). */
export const maxSequenceJump = 10_000;
/** The same for the first look. */
const maxFirstSequence = 1_000_000_000;

/**
 * Holds a channel's pointer against the last one seen: never a lower sequence (T3, `E_ROLLBACK`), never other bytes
 * under one sequence (T4, `E_EQUIVOCATION`), no leap that leaves no room for honest moves (T6, `E_SEQUENCE`). Says
 * whether it has expired (T5); time never goes back behind what was seen, whatever the clock says (T16).
 */
export function judgePointer(
  pointer: Pointer,
  digest: string,
  seen: SeenPointer | undefined,
  options: { readonly source: string; readonly at: number },
): { readonly isStale: boolean } {
  const { sequence, channel, model } = pointer;
  const where = `channel ${channel} of ${model} at ${options.source}`;
  if (seen !== undefined && sequence < seen.sequence) {
    throw new WeightsError(
      "E_ROLLBACK",
      `${where}: move ${sequence}, but move ${seen.sequence} was seen before: the host gives an old copy, or somebody replays one. What is here stays; after a deliberate reset: plimsoll trust reset`,
    );
  }
  if (seen !== undefined && sequence === seen.sequence && digest !== seen.digest) {
    throw new WeightsError(
      "E_EQUIVOCATION",
      `${where}: move ${sequence} was seen with other content: two writers hold the key, or the host tells readers different things. Ask the publisher; after a deliberate reset: plimsoll trust reset`,
    );
  }
  if (
    seen === undefined ? sequence > maxFirstSequence : sequence - seen.sequence > maxSequenceJump
  ) {
    throw new WeightsError(
      "E_SEQUENCE",
      `${where}: leaps from move ${seen?.sequence ?? 0} to ${sequence}: no channel moves so often. Ask the publisher; after a deliberate reset: plimsoll trust reset`,
    );
  }
  const floor = seen === undefined ? 0 : Date.parse(seen.issued_at);
  const at = Math.max(options.at, floor, Date.parse(pointer.issued_at));
  return { isStale: pointer.expires !== undefined && Date.parse(pointer.expires) <= at };
}
