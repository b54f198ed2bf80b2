import { isModelName } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import type { Pointer } from "./pointer.ts";
import { readPointer } from "./read-pointer.ts";
import { storeKeys } from "./store-keys.ts";

/**
 * Where the channels of a model point now, sorted by channel; an empty list for a model without any. Throws for a
 * pointer that cannot be read: who decides by channels must not go on without one.
 */
export async function listChannels(
  driver: Driver,
  model: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Pointer[]> {
  const prefix = storeKeys.channels(model);
  const names = new Set<string>();
  for await (const { key } of driver.list(
    prefix,
    options.signal ? { signal: options.signal } : {},
  )) {
    // `<channel>.json`, or `<channel>/<sequence>.json` on hosts without a conditional write.
    const name = /^([^/]+)(?:\.json|\/[0-9]+\.json)$/.exec(key.slice(prefix.length))?.[1];
    if (name !== undefined && isModelName(name)) names.add(name);
  }
  const pointers: Pointer[] = [];
  for (const name of [...names].sort()) {
    const stored = await readPointer(driver, model, name, options);
    if (stored !== undefined) pointers.push(stored.pointer);
  }
  return pointers;
}
