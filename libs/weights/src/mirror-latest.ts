import type { ParsedManifest } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { parallel } from "./parallel.ts";
import { storeKeys } from "./store-keys.ts";

/** Folder that readers of the older layout look into. */
const FOLDER = "latest";

/** Throws `E_USAGE` for a store that cannot copy inside itself. */
export function expectCopy(driver: Driver): void {
  if (driver.copy) return;
  throw new WeightsError(
    "E_USAGE",
    `${driver.url}: --mirror-latest needs a store that copies inside itself (S3, GCS, a folder): readers there can follow --channel latest`,
  );
}

/**
 * Copies the files of a version to `models/<model>/latest/`, inside the store, for readers of the older layout; gives
 * how many had to be copied. It is not atomic: such a reader may see files of two versions for a moment, and one that
 * cannot bear that follows the channel `latest` instead. Other files there are left alone.
 */
export async function mirrorLatest(
  driver: Driver,
  model: string,
  release: string,
  { manifest }: ParsedManifest,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  expectCopy(driver);
  const call = options.signal ? { signal: options.signal } : {};
  let copied = 0;
  await parallel([...manifest.weights], 4, async ([name, { checksum }]) => {
    const target = storeKeys.version(model, FOLDER) + name;
    const there = await driver.stat(target, call);
    if (checksum !== undefined && there?.sha256 === checksum) return;
    // The copy is not immutable, as the original is.
    await driver.copy?.(storeKeys.version(model, release) + name, target, {
      ...call,
      cacheControl: "no-cache",
    });
    copied++;
  });
  return copied;
}
