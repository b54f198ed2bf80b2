import type { ParsedManifest } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { codeOf } from "./problem.ts";
import type { PublishEvent } from "./publish-request.ts";
import { readObject } from "./read-object.ts";
import { storeKeys } from "./store-keys.ts";

const MAX_METADATA_BYTES = 4 * 1024 * 1024;

/**
 * Keeps `models/<model>/metadata.json` at what `latest` names. It is there for people and simple scripts, and the
 * manifest says the same: a store that refuses it is a warning only.
 */
export async function writeModelMetadata(
  driver: Driver,
  model: string,
  { manifest }: ParsedManifest,
  options: {
    readonly signal?: AbortSignal;
    readonly onEvent?: (event: PublishEvent) => void;
  },
): Promise<void> {
  if (manifest.metadata === undefined) return;
  const key = storeKeys.metadata(model);
  const bytes = Buffer.from(`${JSON.stringify(manifest.metadata, undefined, 2)}\n`);
  const call = options.signal ? { signal: options.signal } : {};
  try {
    const stored = await readObject(driver, key, { maxBytes: MAX_METADATA_BYTES, ...call });
    if (stored && bytes.equals(stored.bytes)) return;
    const { bytesSource } = await import("@plimsoll/storage");
    await driver.write(key, bytesSource(bytes, key), {
      ...call,
      contentType: "application/json",
      cacheControl: "no-cache",
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    const code = codeOf(error);
    if (code === undefined) throw error;
    const message = `${key} was not written at ${driver.url}: ${(error as Error).message}`;
    options.onEvent?.({ type: "warning", message });
  }
}
