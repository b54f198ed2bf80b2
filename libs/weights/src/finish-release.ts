import type { KeyObject } from "node:crypto";
import type { TrustedKey } from "@plimsoll/manifest";
import type { CompanionOptions } from "./companions.ts";
import type { PublishResult, StoreOptions } from "./publish-request.ts";

/** What `finishRelease` takes. */
export interface FinishOptions extends StoreOptions, CompanionOptions {
  /** The manifest that `publishWeights` with `hold` left beside the weights. */
  readonly manifestPath: string;
  /** The held version; the manifest must be of it. */
  readonly release: string;
  readonly channel?: string;
  readonly issuedBy?: string;
  readonly expires?: Date;
  /** Private keys: the version and the channel are signed. */
  readonly signingKeys?: readonly KeyObject[];
  /** Public keys that the channel's present place must be signed by, if it is signed. */
  readonly keys?: readonly TrustedKey[];
}

/**
 * Makes a held version visible: looks whether the stores hold every file of its manifest, then writes the manifest and
 * moves the channel. The weights themselves are not needed here. Finishing twice is a success.
 *
 * Throws `E_NOT_FOUND` (no manifest, or a file that is not in the store), `E_MISMATCH` (a manifest of another version),
 * `E_SIZE` or `E_DIGEST` (a file that was changed), `E_EXISTS`, and what the stores throw.
 */
export async function finishRelease(options: FinishOptions): Promise<PublishResult> {
  const { runFinish } = await import("./finish-run.ts");
  return await runFinish(options);
}
