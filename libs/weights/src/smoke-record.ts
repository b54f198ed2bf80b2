import { type JsonObject, type JsonValue, parseJson } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import type { ParsedManifest } from "@plimsoll/manifest";
import { readObject } from "./read-object.ts";
import { storeKeys } from "./store-keys.ts";

/**
 * How the smoke test of a published version came out: `models/<model>/smoke/<version>.json`. The version itself never
 * changes, and a smoke test comes after it is published, so the record lies outside.
 */
export interface SmokeRecord {
  readonly schema: 1;
  readonly model: string;
  readonly version: string;
  /** SHA-256 of the manifest that was tested: a record of other bytes does not count. */
  readonly manifest: string;
  readonly passed: boolean;
  /** ISO 8601, UTC. */
  readonly tested_at: string;
  readonly tested_by?: string;
  /** What was tried, or why it failed; one line. */
  readonly note?: string;
}

const MAX_BYTES = 64 * 1024;

/** Writes the record of a smoke test; the last one counts. Throws what the store throws. */
export async function recordSmokeTest(
  driver: Driver,
  record: Omit<SmokeRecord, "schema">,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { bytesSource } = await import("@plimsoll/storage");
  const key = storeKeys.smoke(record.model, record.version);
  const bytes = Buffer.from(`${JSON.stringify({ schema: 1, ...record }, undefined, 2)}\n`);
  await driver.write(key, bytesSource(bytes, key), {
    ...options,
    contentType: "application/json",
    cacheControl: "no-cache",
  });
}

/**
 * Why a version does not count as smoke-tested, or undefined if it does: by the record in the store, else by
 * `"smoke": { "passed": true }` in the metadata that were published with it.
 */
export async function untested(
  driver: Driver,
  model: string,
  version: string,
  manifest: ParsedManifest,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string | undefined> {
  const key = storeKeys.smoke(model, version);
  const object = await readObject(driver, key, { maxBytes: MAX_BYTES, ...options });
  const recorded =
    object && asObject(parseJson(object.bytes, { maxBytes: MAX_BYTES, source: key }));
  if (recorded !== undefined && recorded["manifest"] === manifest.digest) {
    if (recorded["passed"] === true) return undefined;
    const note = recorded["note"];
    return `its smoke test failed${typeof note === "string" ? `: ${note}` : ""}`;
  }
  const published = asObject(manifest.manifest.metadata?.["smoke"]);
  if (published?.["passed"] === true) return undefined;
  return published === undefined
    ? "no smoke test of it is recorded"
    : "its smoke test failed before it was published";
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
