import { createPublicKey, type KeyObject } from "node:crypto";
import {
  type Manifest,
  type ModelSignature,
  type ParsedManifest,
  readTrustedKeys,
  sha256,
  signModel,
  type TrustedKey,
  verifyModel,
} from "@plimsoll/manifest";
import { WeightsError } from "./error.ts";

/** Larger is no `model.sig` of 10,000 files. */
export const maxSignatureBytes = 8 * 1024 * 1024;

/** The bytes of `model.sig`: a signature over every file of a manifest and the manifest itself. */
export function signManifest(parsed: ParsedManifest, key: KeyObject): Uint8Array {
  const { manifest, digest } = parsed;
  const files = [...signedFiles(manifest)].map(([name, sha]) => ({ name, sha256: sha }));
  return signModel(
    manifest.model ?? manifest.release ?? "weights",
    [...files, { name: "manifest.json", sha256: digest }],
    key,
  );
}

/**
 * First half of the check, over bytes, before anything is parsed (row T12): `model.sig` is there, signed by a trusted
 * key, and binds these very bytes of the manifest. Throws `E_SIG`, and `E_KEY` for a key that cannot be used.
 */
export function verifyManifestBytes(
  manifest: Uint8Array,
  signature: Uint8Array | undefined,
  options: { readonly keys: readonly TrustedKey[]; readonly at: number; readonly source: string },
): ModelSignature {
  const { source, at } = options;
  const keys = readTrustedKeys(options.keys);
  if (signature === undefined || signature.length === 0) {
    throw new WeightsError(
      "E_SIG",
      `${source}: no model.sig beside it, and a key is configured: publish with --sign, or sign the version (plimsoll sign)`,
    );
  }
  const signed = verifyModel(signature, keys, { source: `model.sig of ${source}`, at });
  if (signed.files.get("manifest.json") === sha256(manifest)) return signed;
  throw new WeightsError(
    "E_SIG",
    `${source}: model.sig is of another manifest: do not use these files; ask the publisher`,
  );
}

/** Second half: the signature names every file of the manifest with the digest that the manifest says (row T7). */
export function expectSigned(manifest: Manifest, signature: ModelSignature, source: string): void {
  for (const [name, { checksum }] of manifest.weights) {
    if (checksum !== undefined && signature.files.get(name) === checksum) continue;
    throw new WeightsError("E_SIG", `${source}: ${name} is not what model.sig covers`);
  }
}

/** Whether `model.sig` is of this manifest and by one of these private keys. */
export function isSignedBy(
  parsed: ParsedManifest,
  signature: Uint8Array | undefined,
  signingKeys: readonly KeyObject[],
): boolean {
  const keys = signingKeys.map((key, index) => ({
    id: String(index),
    publicKey: createPublicKey(key).export({ type: "spki", format: "pem" }).toString(),
  }));
  try {
    const options = { keys, at: Date.now(), source: "manifest.json" };
    expectSigned(
      parsed.manifest,
      verifyManifestBytes(parsed.bytes, signature, options),
      options.source,
    );
    return true;
  } catch {
    return false;
  }
}

function* signedFiles(manifest: Manifest): Generator<readonly [string, string]> {
  for (const [name, { checksum, chunks }] of manifest.weights) {
    if (checksum !== undefined) yield [name, checksum];
    if (chunks !== undefined) yield [`${name}.chunks`, chunks.checksum];
  }
}
