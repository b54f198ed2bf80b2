import { collectBytes } from "@plimsoll/manifest";
import type { Driver, ObjectStat } from "@plimsoll/storage";
import { codeOf } from "./problem.ts";

/** A small object, whole. */
export interface SmallObject {
  readonly bytes: Uint8Array;
  readonly stat: ObjectStat;
}

/**
 * A document of a store, or undefined where there is none. Reading ends with `E_LIMIT` as soon as more than `maxBytes`
 * came, whatever the host said before (row M15).
 */
export async function readObject(
  driver: Driver,
  key: string,
  options: { readonly maxBytes: number; readonly signal?: AbortSignal | undefined },
): Promise<SmallObject | undefined> {
  try {
    const { stat, body } = await driver.read(key, {
      ...(options.signal && { signal: options.signal }),
    });
    const source = `${key} at ${driver.url}`;
    return { bytes: await collectBytes(body, { maxBytes: options.maxBytes, source }), stat };
  } catch (error) {
    if (codeOf(error) === "E_NOT_FOUND") return undefined;
    throw error;
  }
}
