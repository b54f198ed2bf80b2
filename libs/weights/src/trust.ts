import type { KeyObject } from "node:crypto";
import type { TrustedKey } from "@plimsoll/manifest";
import type { AttestationTrust } from "./attested.ts";

/**
 * What a reader trusts. With keys everything must be signed by one of them: there is no unsigned fall-back (row T2).
 */
export interface TrustOptions {
  /** Public keys from the app's own configuration; none: SHA-256 over TLS is all that there is (level 0). */
  readonly keys?: readonly TrustedKey[] | undefined;
  /** GitHub attestations that every version must have (level 2); none: they are not looked at. */
  readonly attestation?: AttestationTrust | undefined;
  /** Also takes a version that was withdrawn, to show it; default false. */
  readonly allowYanked?: boolean | undefined;
  readonly now?: (() => Date) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a writer signs with. */
export interface SigningOptions {
  /**
   * Private keys (`readSigningKey`). The first signs `model.sig`, which has room for one; all of them sign channels: the
   * new and the old one while readers change from one to the other.
   */
  readonly signingKeys?: readonly KeyObject[] | undefined;
}
