import {
  type AttestationClaims,
  type AttestationPolicy,
  type ParsedManifest,
  verifyAttestation,
} from "@plimsoll/manifest";
import { WeightsError } from "./error.ts";

/** Larger is no `attestation.jsonl` of 100 bundles. */
export const maxAttestationBytes = 8 * 1024 * 1024;

/** What a reader demands of GitHub's attestations; from the app's own configuration only. */
export interface AttestationTrust {
  /** Bytes of `trusted_root.json`, or of what `gh attestation trusted-root` prints. */
  readonly trustedRoot: Uint8Array;
  readonly policy: AttestationPolicy;
}

/** Attestations that were proven, and their bytes. */
export interface ProvenAttestation {
  readonly bytes: Uint8Array;
  readonly claims: readonly AttestationClaims[];
}

/**
 * Throws `E_SIG` unless `attestation.jsonl` attests every weight file of a manifest, made as the policy says (level 2).
 * An absent one is `E_SIG`: where attestations are configured there is no fall-back.
 */
export async function expectAttested(
  parsed: ParsedManifest,
  bytes: Uint8Array | undefined,
  { trustedRoot, policy }: AttestationTrust,
  source: string,
): Promise<ProvenAttestation> {
  if (bytes === undefined || bytes.length === 0) {
    throw new WeightsError(
      "E_SIG",
      `${source}: no attestation.jsonl beside it, and attestations of ${policy.repository} are configured: publish it with the weights (gh attestation download)`,
    );
  }
  const digests = new Set<string>();
  for (const [name, { checksum }] of parsed.manifest.weights) {
    if (checksum === undefined) {
      throw new WeightsError("E_SIG", `${source}: ${name} has no digest that could be attested`);
    }
    digests.add(checksum);
  }
  const claims = await verifyAttestation(bytes, {
    trustedRoot,
    policy,
    digests: [...digests],
    source: `attestation.jsonl of ${source}`,
  });
  return { bytes, claims };
}
