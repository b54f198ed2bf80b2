import type { Driver } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { sealPointer } from "./open-pointer.ts";
import { nextPointer, type NextPointer, type Pointer } from "./pointer.ts";
import { codeOf } from "./problem.ts";
import { readPointer, type StoredPointer } from "./read-pointer.ts";
import { storeKeys } from "./store-keys.ts";
import type { SigningOptions, TrustOptions } from "./trust.ts";

/** A lost race is tried again so often: each time somebody else's move went through. */
const TRIES = 32;

export interface ChangePointerOptions extends TrustOptions, SigningOptions {}

/** A channel as it stands after a change. */
export interface ChangedPointer {
  readonly pointer: Pointer;
  /** False where the change left it as it was. */
  readonly moved: boolean;
}

/**
 * Changes a channel by compare-and-swap, one sequence higher. `change` is asked again for each try, with the channel as it
 * stands then; undefined leaves it as it is. Nobody's move is lost (row S7): whoever comes second builds, and signs, on
 * the first one's. Stores without a conditional write get a create-only document for each move instead.
 *
 * Throws `E_CONFLICT` if the channel kept moving, `E_SIG` for a signed channel without a key to sign with or one that no
 * trusted key signed, and what `change` and the store throw.
 */
export async function changePointer(
  driver: Driver,
  { model, channel }: { readonly model: string; readonly channel: string },
  change: (current: StoredPointer | undefined) => Promise<NextPointer | undefined>,
  options: ChangePointerOptions = {},
): Promise<ChangedPointer | undefined> {
  const { signal, keys, now, signingKeys = [] } = options;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    signal?.throwIfAborted();
    const current = await readPointer(driver, model, channel, {
      keys,
      now,
      signal,
      allowUnsigned: signingKeys.length > 0,
    });
    const next = await change(current);
    if (next === undefined) return current && { pointer: current.pointer, moved: false };
    if (current?.isSigned && signingKeys.length === 0) {
      throw new WeightsError(
        "E_SIG",
        `${channel} of ${model}: signed at ${driver.url}, so only a signed move may follow: give the private key (PLIMSOLL_SIGNING_KEY, or --key)`,
      );
    }
    const pointer = nextPointer(current?.pointer, next);
    if (await put(driver, pointer, sealPointer(pointer, signingKeys), current?.etag, signal)) {
      return { pointer, moved: true };
    }
  }
  throw new WeightsError(
    "E_CONFLICT",
    `${channel} of ${model}: others moved this channel ${TRIES} times meanwhile at ${driver.url}: try again`,
  );
}

/** False where somebody else was faster. */
async function put(
  driver: Driver,
  { model, channel, sequence }: Pointer,
  bytes: Uint8Array,
  etag: string | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const call = { ...(signal && { signal }), contentType: "application/json" };
  try {
    if (driver.swap) {
      const key = storeKeys.channel(model, channel);
      await driver.swap(key, bytes, { ...call, expected: etag ?? null });
    } else {
      const key = `${storeKeys.channelMoves(model, channel)}${sequence}.json`;
      const { bytesSource } = await import("@plimsoll/storage");
      await driver.write(key, bytesSource(bytes, key), { ...call, onlyIfAbsent: true });
    }
    return true;
  } catch (error) {
    if (["E_CONFLICT", "E_EXISTS"].includes(codeOf(error) ?? "")) return false;
    throw error;
  }
}
