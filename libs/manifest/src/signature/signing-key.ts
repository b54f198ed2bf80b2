import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { ManifestError } from "../error.ts";
import { signatureDigest } from "./trusted-key.ts";

/** A new key pair in PEM: the private key as PKCS #8, encrypted if a passphrase was given, the public key as SPKI. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes an ECDSA P-256 key pair. With a passphrase the private key is encrypted with AES-256 (PBES2). */
export function generateKeys(passphrase?: string): KeyPair {
  if (passphrase === "") throw new ManifestError("E_KEY", "the passphrase is empty");
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    privateKey: privateKey
      .export({
        type: "pkcs8",
        format: "pem",
        ...(passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase }),
      })
      .toString(),
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/** Reads a private key in PEM; `E_KEY` when it is none, of another kind, or the passphrase is missing or wrong. */
export function readSigningKey(pem: string, passphrase?: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({
      key: pem,
      format: "pem",
      ...(passphrase === undefined ? {} : { passphrase }),
    });
  } catch (cause) {
    // OpenSSL's own words differ between versions, and none of them says what to do.
    const encrypted = pem.includes("ENCRYPTED");
    const why = !encrypted
      ? "not a private key in PEM"
      : passphrase === undefined
        ? "encrypted: give its passphrase"
        : "the passphrase is wrong";
    throw new ManifestError("E_KEY", `signing key: ${why}`, { cause });
  }
  signatureDigest(createPublicKey(key), "signing");
  return key;
}
