import type { TrustedKey } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { storeKeys, type StoredRelease } from "@plimsoll/weights";

/** How far a version may be believed, in plain words. */
export interface TrustLevel {
  /** 0: digests over TLS · 1: signed by a key of this config · 2: attested by GitHub as well. */
  readonly level: 0 | 1 | 2;
  readonly says: string;
}

/**
 * The level of a version that was read with these keys. What lies there and was not checked never raises it.
 */
export async function trustLevel(
  driver: Driver,
  release: StoredRelease,
  { keys, signal }: { readonly keys: readonly TrustedKey[]; readonly signal: AbortSignal },
): Promise<TrustLevel> {
  const { model, version, signature, attestation, pinned } = release;
  if (attestation !== undefined) {
    const [claims] = attestation.claims;
    const made = `attested by GitHub: built by ${claims?.workflow} from commit ${claims?.commit}`;
    const also = signature ? `; signed by key ${signature.keyId} of your config` : "";
    return { level: 2, says: made + also };
  }
  if (signature !== undefined) {
    const says = `signed by key ${signature.keyId} of your config: manifest and every file`;
    return { level: 1, says };
  }
  if (!pinned) return { level: 0, says: "nothing pins these bytes" };
  const protects = "SHA-256 digests: finds damage, not a host that lies";
  if (keys.length > 0) return { level: 0, says: protects };
  const stat = await driver
    .stat(storeKeys.signature(model, version), { signal })
    .catch(() => undefined);
  const why = stat
    ? '; it has a signature, and no "keys" in your config to check it with'
    : "; not signed";
  return { level: 0, says: protects + why };
}
