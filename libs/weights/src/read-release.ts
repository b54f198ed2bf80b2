import {
  expectRelease,
  manifestLimits,
  parseManifest,
  type ParsedManifest,
  sha256,
} from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { expectAttested, maxAttestationBytes, type ProvenAttestation } from "./attested.ts";
import { WeightsError } from "./error.ts";
import { followChannel, type FollowOptions } from "./follow-channel.ts";
import { type ListedVersion, listVersions } from "./list-versions.ts";
import { expectSigned, maxSignatureBytes, verifyManifestBytes } from "./model-signature.ts";
import type { Pointer } from "./pointer.ts";
import { codeOf } from "./problem.ts";
import { readObject } from "./read-object.ts";
import { storeKeys } from "./store-keys.ts";
import { refuseYanked } from "./yanked.ts";

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
  /** The proven `model.sig`, where keys were given, and the `id` of the key that signed. */
  readonly signature?: { readonly bytes: Uint8Array; readonly keyId: string };
  /** The proven attestations of GitHub, where they are configured. */
  readonly attestation?: ProvenAttestation;
}

export interface ReadReleaseOptions extends FollowOptions {
  /** Which channel to follow where no version is asked for; default `latest`, and without that channel the newest version. */
  readonly channel?: string | undefined;
}

/**
 * The manifest of a model's version, or of what a channel names. A manifest must be of the model and version that it
 * lies under (row M21), and of exactly the bytes that the channel's pointer pins. With `keys` the order is: channel,
 * its sequence and time, the manifest's digest, `model.sig`, and only then the manifest is parsed.
 *
 * Throws `E_NOT_FOUND` with what there is instead, `E_YANKED`, `E_MISMATCH`, `E_DIGEST`, with keys `E_SIG` and the
 * codes of `followChannel`, and what the store and the parser throw.
 */
export async function readRelease(
  driver: Driver,
  model: string,
  version?: string,
  options: ReadReleaseOptions = {},
): Promise<StoredRelease> {
  if (version !== undefined) return await readVersion(driver, model, version, options);
  const channel = options.channel ?? "latest";
  const pointer = await followChannel(driver, model, channel, options);
  if (pointer !== undefined) {
    return { ...(await readVersion(driver, model, pointer.version, options, pointer)), pointer };
  }
  const call = options.signal ? { signal: options.signal } : {};
  const versions = await ifListable(() => listVersions(driver, model, call));
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
    versions.find(({ state, isYanked }) => state === "published" && !isYanked) ??
    versions.find((listed) => listed.version === "latest") ??
    versions[0];
  if (newest === undefined) {
    throw new WeightsError("E_NOT_FOUND", `${model}: no such model at ${driver.url}`);
  }
  return await readVersion(driver, model, newest.version, options);
}

/** With a pointer, the manifest must be the one that it pins. */
async function readVersion(
  driver: Driver,
  model: string,
  version: string,
  options: ReadReleaseOptions,
  pointer?: Pointer,
): Promise<StoredRelease> {
  const { signal, keys = [] } = options;
  const key = storeKeys.manifest(model, version);
  if (!options.allowYanked) await refuseYanked(driver, model, version, { signal });
  const object = await readObject(driver, key, { maxBytes: manifestLimits.maxBytes, signal });
  const source = `${key} at ${driver.url}`;
  if (pointer !== undefined) expectPinned(object?.bytes, pointer, source);
  if (object !== undefined) {
    const { bytes } = object;
    const signature =
      keys.length > 0 ? await readSignature(driver, model, version, signal) : undefined;
    const at = (options.now?.() ?? new Date()).getTime();
    const signed =
      keys.length > 0 ? verifyManifestBytes(bytes, signature, { keys, at, source }) : undefined;
    const manifest = parseManifest(bytes, { source });
    expectRelease(manifest, { model, release: version, source });
    if (signed !== undefined) expectSigned(manifest.manifest, signed, source);
    const attestation = await attested(driver, { model, version, manifest, source }, options);
    return {
      model,
      version,
      manifest,
      key,
      pinned: true,
      ...(signed && signature && { signature: { bytes: signature, keyId: signed.keyId } }),
      ...(attestation && { attestation }),
    };
  }
  if (keys.length === 0 && options.attestation === undefined) {
    const call = signal ? { signal } : {};
    const { readUnpinned } = await import("./unpinned.ts");
    const manifest = await ifListable(() => readUnpinned(driver, model, version, call));
    if (manifest !== undefined) {
      return { model, version, manifest, key: storeKeys.version(model, version), pinned: false };
    }
  }
  const versions =
    (await ifListable(() => listVersions(driver, model, signal ? { signal } : {}))) ?? [];
  if (versions.some((listed) => listed.version === version)) {
    throw new WeightsError(
      "E_SIG",
      `${model}@${version}: files without a manifest at ${driver.url}: nothing signs or attests them, as your config wants`,
    );
  }
  throw new WeightsError(
    "E_NOT_FOUND",
    `${model}@${version}: not at ${driver.url}, which has ${nameVersions(versions)}`,
  );
}

/** The attestations of a version, proven; undefined where none are configured. */
async function attested(
  driver: Driver,
  release: Pick<StoredRelease, "model" | "version" | "manifest"> & { readonly source: string },
  { attestation, signal }: ReadReleaseOptions,
): Promise<ProvenAttestation | undefined> {
  if (attestation === undefined) return undefined;
  const { model, version, manifest, source } = release;
  const key = storeKeys.attestation(model, version);
  const object = await readObject(driver, key, { maxBytes: maxAttestationBytes, signal });
  return await expectAttested(manifest, object?.bytes, attestation, source);
}

/** `model.sig` of a version, or undefined. */
export async function readSignature(
  driver: Driver,
  model: string,
  version: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  const key = storeKeys.signature(model, version);
  return (await readObject(driver, key, { maxBytes: maxSignatureBytes, signal }))?.bytes;
}

function expectPinned(bytes: Uint8Array | undefined, pointer: Pointer, source: string): void {
  const { checksum, size } = pointer.manifest;
  if (bytes !== undefined && bytes.length === size && sha256(bytes) === checksum) return;
  throw new WeightsError(
    "E_DIGEST",
    `${source}: not the manifest that channel ${pointer.channel} of ${pointer.model} names (${checksum}): a published version must never change, publish a new one`,
  );
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
