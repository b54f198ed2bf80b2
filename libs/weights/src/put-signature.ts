import type { KeyObject } from "node:crypto";
import type { ParsedManifest } from "@plimsoll/manifest";
import type { CallOptions, Driver } from "@plimsoll/storage";
import { isSignedBy, signManifest } from "./model-signature.ts";
import { readSignature } from "./read-release.ts";
import { storeKeys } from "./store-keys.ts";

/** Signs manifests with the first key, each once: every store gets the same `model.sig`. */
export interface Signer {
  readonly keys: readonly KeyObject[];
  sign(manifest: ParsedManifest): Uint8Array;
}

/** Undefined where there is no key. */
export function openSigner(keys: readonly KeyObject[] = []): Signer | undefined {
  const [first] = keys;
  if (first === undefined) return undefined;
  const made = new Map<string, Uint8Array>();
  return {
    keys,
    sign(manifest) {
      const known = made.get(manifest.digest) ?? signManifest(manifest, first);
      made.set(manifest.digest, known);
      return known;
    },
  };
}

/**
 * Makes `model.sig` of a version in a store one by our keys and of this manifest; "kept" where it is already. It lies
 * beside what is immutable and is none of it: it may be replaced by one of a newer key.
 */
export async function putSignature(
  driver: Driver,
  model: string,
  release: string,
  options: CallOptions & {
    readonly manifest: ParsedManifest;
    readonly signer: Signer;
    /** Only a signature by the first key is good enough. */
    readonly renew?: boolean;
  },
): Promise<"written" | "kept"> {
  const { signal, manifest, signer, renew } = options;
  const stored = await readSignature(driver, model, release, signal);
  const good = renew ? signer.keys.slice(0, 1) : signer.keys;
  if (stored !== undefined && isSignedBy(manifest, stored, good)) return "kept";
  const { bytesSource } = await import("@plimsoll/storage");
  const key = storeKeys.signature(model, release);
  await driver.write(key, bytesSource(signer.sign(manifest), key), {
    ...(signal && { signal }),
    contentType: "application/json",
    cacheControl: "no-cache",
  });
  return "written";
}
