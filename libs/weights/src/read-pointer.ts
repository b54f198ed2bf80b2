import type { Driver } from "@plimsoll/storage";
import { sha256, type TrustedKey } from "@plimsoll/manifest";
import { openPointer } from "./open-pointer.ts";
import { maxPointerBytes, type Pointer } from "./pointer.ts";
import { codeOf } from "./problem.ts";
import { readObject } from "./read-object.ts";
import { storeKeys } from "./store-keys.ts";

/** A pointer as it lies in a store. */
export interface StoredPointer {
  readonly pointer: Pointer;
  readonly key: string;
  /** Of the one document that a conditional write replaces; undefined where there is none. */
  readonly etag: string | undefined;
  /** Of the pointer's own bytes, without signatures: SHA-256, hex. */
  readonly digest: string;
  /** Somebody signed it; checked only where keys were given. */
  readonly isSigned: boolean;
}

export interface ReadPointerOptions {
  /** Public keys: the pointer must be signed by one of them. */
  readonly keys?: readonly TrustedKey[] | undefined;
  /** Takes one without any signature nevertheless: a writer that is about to sign the first; default false. */
  readonly allowUnsigned?: boolean | undefined;
  readonly now?: (() => Date) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Where a channel points, or undefined if it does not exist. Stores with a conditional write keep one document; others
 * a create-only document for each move. Whoever reads cannot know which it was: the highest sequence counts.
 *
 * Throws `E_SIG` where keys are given and none of them signed it.
 */
export async function readPointer(
  driver: Driver,
  model: string,
  channel: string,
  options: ReadPointerOptions = {},
): Promise<StoredPointer | undefined> {
  const key = storeKeys.channel(model, channel);
  const prefix = storeKeys.channelMoves(model, channel);
  const [whole, highest] = await Promise.all([
    readAt(driver, model, channel, key, options),
    highestMove(driver, prefix, options),
  ]);
  if (highest === undefined || (whole && whole.pointer.sequence >= highest)) return whole;
  const move = await readAt(driver, model, channel, `${prefix}${highest}.json`, options);
  return move && { ...move, etag: whole?.etag };
}

async function readAt(
  driver: Driver,
  model: string,
  channel: string,
  key: string,
  options: ReadPointerOptions,
): Promise<StoredPointer | undefined> {
  const { signal } = options;
  const object = await readObject(driver, key, { maxBytes: maxPointerBytes, signal });
  if (object === undefined) return undefined;
  const { pointer, payload, isSigned } = openPointer(
    object.bytes,
    { model, channel, source: `${key} at ${driver.url}` },
    { ...options, at: (options.now?.() ?? new Date()).getTime() },
  );
  const etag = object.stat.etag ?? (await driver.stat(key))?.etag;
  return { pointer, key, etag, digest: sha256(payload), isSigned };
}

async function highestMove(
  driver: Driver,
  prefix: string,
  options: { readonly signal?: AbortSignal | undefined },
): Promise<number | undefined> {
  let highest: number | undefined;
  try {
    for await (const entry of driver.list(prefix, {
      ...(options.signal && { signal: options.signal }),
    })) {
      const match = /^([1-9][0-9]{0,14})\.json$/.exec(entry.key.slice(prefix.length));
      if (match) highest = Math.max(highest ?? 0, Number(match[1]));
    }
  } catch (error) {
    // A plain web server cannot list: there only the whole document can be read.
    if (!["E_AUTH", "E_NOT_FOUND"].includes(codeOf(error) ?? "")) throw error;
  }
  return highest;
}
