import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { ManifestError } from "../error.ts";
import { printable } from "../text/printable.ts";

/** A public key that an app trusts, from its own configuration and nowhere else. */
export interface TrustedKey {
  /** A name for messages. */
  readonly id: string;
  /** PEM, SubjectPublicKeyInfo, of an ECDSA key on P-256, P-384 or P-521. */
  readonly publicKey: string;
  /** ISO 8601; signatures are taken from then on. */
  readonly notBefore?: string;
  /** ISO 8601; signatures are taken until then: how an old key is retired. */
  readonly notAfter?: string;
}

/** A trusted key, read and checked. */
export interface VerificationKey {
  readonly id: string;
  readonly key: KeyObject;
  /** SHA-256 of the PEM, hex: how a bundle hints at the key that made it. */
  readonly hint: string;
  readonly digest: SignatureDigest;
  readonly notBefore: number;
  readonly notAfter: number;
}

export type SignatureDigest = "sha256" | "sha384" | "sha512";

/** The curves of OpenSSF model signing, with the digest that goes with each. */
const curves: Readonly<Record<string, SignatureDigest>> = {
  prime256v1: "sha256",
  secp384r1: "sha384",
  secp521r1: "sha512",
};

/** The digest that signatures of this EC key use; `E_KEY` for any other kind of key. */
export function signatureDigest(key: KeyObject, id: string): SignatureDigest {
  const curve = key.asymmetricKeyType === "ec" ? key.asymmetricKeyDetails?.namedCurve : undefined;
  const digest = curve === undefined ? undefined : curves[curve];
  if (digest === undefined) {
    const kind = curve ?? key.asymmetricKeyType ?? "unknown";
    throw new ManifestError(
      "E_KEY",
      `key ${printable(id)}: an ECDSA key on P-256, P-384 or P-521 expected, got ${kind}: make one with plimsoll keys generate`,
    );
  }
  return digest;
}

/** SHA-256, hex, of a public key's PEM as OpenSSL writes it. */
export function keyHint(key: KeyObject): string {
  const pem = key.export({ type: "spki", format: "pem" });
  return createHash("sha256").update(pem).digest("hex");
}

/** Reads the keys of a configuration. Throws `E_KEY` for a key that is none, a bad date, no key, or the same key twice. */
export function readTrustedKeys(keys: readonly TrustedKey[]): readonly VerificationKey[] {
  const read = keys.map(readTrustedKey);
  if (read.length === 0) throw new ManifestError("E_KEY", "no trusted key is configured");
  for (const [i, { id, hint }] of read.entries()) {
    const first = read.findIndex((key) => key.hint === hint || key.id === id);
    if (first !== i) {
      throw new ManifestError("E_KEY", `key ${printable(id)}: named twice in the configuration`);
    }
  }
  return read;
}

function readTrustedKey({ id, publicKey, notBefore, notAfter }: TrustedKey): VerificationKey {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: publicKey, format: "pem" });
  } catch (cause) {
    throw new ManifestError("E_KEY", `key ${printable(id)}: not a public key in PEM`, { cause });
  }
  if (publicKey.includes("PRIVATE KEY")) {
    throw new ManifestError(
      "E_KEY",
      `key ${printable(id)}: this is a private key; configure the public one and keep this out of files that others read`,
    );
  }
  return {
    id,
    key,
    hint: keyHint(key),
    digest: signatureDigest(key, id),
    notBefore: instant(id, notBefore, Number.NEGATIVE_INFINITY),
    notAfter: instant(id, notAfter, Number.POSITIVE_INFINITY),
  };
}

function instant(id: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) {
    throw new ManifestError("E_KEY", `key ${printable(id)}: "${printable(text, 40)}" is no date`);
  }
  return ms;
}
