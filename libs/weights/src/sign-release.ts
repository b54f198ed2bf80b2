import type { KeyObject } from "node:crypto";
import type { ParsedManifest } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { openSigner, putSignature } from "./put-signature.ts";
import { readRelease } from "./read-release.ts";

/**
 * Signs a version that is published already, or signs it anew with a newer key: writes `model.sig` over its manifest and
 * every file that the manifest pins. What lies there is taken as it is: sign only what you have verified.
 *
 * Throws `E_NOT_FOUND`, `E_YANKED`, and what the store throws.
 */
export async function signRelease(options: {
  readonly store: Driver;
  readonly model: string;
  readonly release: string;
  /** The first one signs. */
  readonly signingKeys: readonly KeyObject[];
  readonly signal?: AbortSignal | undefined;
}): Promise<{ readonly outcome: "written" | "kept"; readonly manifest: ParsedManifest }> {
  const { store, model, release, signal } = options;
  const signer = openSigner(options.signingKeys);
  if (signer === undefined) throw new WeightsError("E_USAGE", `sign ${model}@${release}: no key`);
  const { manifest, pinned } = await readRelease(store, model, release, { signal });
  if (!pinned) {
    throw new WeightsError(
      "E_NOT_FOUND",
      `${model}@${release}: no manifest at ${store.url}: publish it, or pin it with adopt, then sign`,
    );
  }
  const call = signal ? { signal } : {};
  const outcome = await putSignature(store, model, release, {
    ...call,
    manifest,
    signer,
    renew: true,
  });
  return { outcome, manifest };
}
