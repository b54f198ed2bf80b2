import {
  expectRelease,
  manifestLimits,
  parseManifest,
  type ParsedManifest,
  sha256,
} from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { type ListedVersion, listVersions } from "./list-versions.ts";
import type { Pointer } from "./pointer.ts";
import { codeOf } from "./problem.ts";
import { readObject } from "./read-object.ts";
import { readPointer } from "./read-pointer.ts";
import { storeKeys } from "./store-keys.ts";

/** A version of a model in a store, with its manifest. */
export interface StoredRelease {
  readonly model: string;
  readonly version: string;
  readonly manifest: ParsedManifest;
  /** Key of the manifest, or the folder that was filled by hand. */
  readonly key: string;
  /** False for a folder without a manifest: nothing pins its bytes. */
  readonly pinned: boolean;
  /** Through which channel it was found. */
  readonly pointer?: Pointer;
}

export interface ReadReleaseOptions {
  /** Which channel to follow where no version is asked for; default `latest`, and without that channel the newest version. */
  readonly channel?: string;
  readonly signal?: AbortSignal;
}

/**
 * The manifest of a model's version, or of what a channel names. A manifest must be of the model and version that it
 * lies under (row M21), and of exactly the bytes that the channel's pointer pins.
 *
 * Throws `E_NOT_FOUND` with what there is instead, `E_MISMATCH`, `E_DIGEST`, and what the store and the parser throw.
 */
export async function readRelease(
  driver: Driver,
  model: string,
  version?: string,
  options: ReadReleaseOptions = {},
): Promise<StoredRelease> {
  if (version !== undefined) return await readVersion(driver, model, version, options);
  const channel = options.channel ?? "latest";
  const stored = await readPointer(driver, model, channel, options);
  if (stored !== undefined) return await followPointer(driver, stored.pointer, options);
  const versions = await ifListable(() => listVersions(driver, model, options));
  if (versions === undefined) {
    throw new WeightsError(
      "E_NOT_FOUND",
      `${model}: no channel ${channel} at ${driver.url}, and this store does not list what it has: name a version`,
    );
  }
  if (channel !== "latest") {
    throw new WeightsError(
      "E_NOT_FOUND",
      `${model}: no channel ${channel} at ${driver.url}: publish with --channel ${channel}, or ask for a version: ${nameVersions(versions)}`,
    );
  }
  const newest =
    versions.find(({ state }) => state === "published") ??
    versions.find((listed) => listed.version === "latest") ??
    versions[0];
  if (newest === undefined) {
    throw new WeightsError("E_NOT_FOUND", `${model}: no such model at ${driver.url}`);
  }
  return await readVersion(driver, model, newest.version, options);
}

async function readVersion(
  driver: Driver,
  model: string,
  version: string,
  options: ReadReleaseOptions,
): Promise<StoredRelease> {
  const key = storeKeys.manifest(model, version);
  const object = await readObject(driver, key, {
    maxBytes: manifestLimits.maxBytes,
    signal: options.signal,
  });
  if (object !== undefined) {
    const source = `${key} at ${driver.url}`;
    const manifest = parseManifest(object.bytes, { source });
    expectRelease(manifest, { model, release: version, source });
    return { model, version, manifest, key, pinned: true };
  }
  const { readUnpinned } = await import("./unpinned.ts");
  const manifest = await ifListable(() => readUnpinned(driver, model, version, options));
  if (manifest !== undefined) {
    return { model, version, manifest, key: storeKeys.version(model, version), pinned: false };
  }
  const versions = (await ifListable(() => listVersions(driver, model, options))) ?? [];
  throw new WeightsError(
    "E_NOT_FOUND",
    `${model}@${version}: not at ${driver.url}, which has ${nameVersions(versions)}`,
  );
}

async function followPointer(
  driver: Driver,
  pointer: Pointer,
  options: ReadReleaseOptions,
): Promise<StoredRelease> {
  const release = await readVersion(driver, pointer.model, pointer.version, options);
  const { bytes } = release.manifest;
  const { checksum, size } = pointer.manifest;
  if (!release.pinned || bytes.length !== size || sha256(bytes) !== checksum) {
    throw new WeightsError(
      "E_DIGEST",
      `${release.key}: not the manifest that channel ${pointer.channel} of ${pointer.model} names (${checksum}) at ${driver.url}: a published version must never change, publish a new one`,
    );
  }
  return { ...release, pointer };
}

/** Undefined where the store cannot be listed, as a plain web server. */
async function ifListable<Result>(list: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await list();
  } catch (error) {
    if (codeOf(error) === "E_AUTH") return undefined;
    throw error;
  }
}

function nameVersions(versions: readonly ListedVersion[]): string {
  const names = versions.slice(0, 10).map(({ version }) => version);
  const more = versions.length > names.length ? ` and ${versions.length - names.length} more` : "";
  return names.length === 0 ? "no version of it" : names.join(", ") + more;
}
