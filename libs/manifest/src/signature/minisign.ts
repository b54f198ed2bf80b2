import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto";
import { ManifestError } from "../error.ts";
import type { KeyPair } from "./signing-key.ts";

/**
 * Signatures that the `minisign` tool verifies, for people who have only that: an export beside `model.sig`, never what
 * this program itself trusts. Format: https://jedisct1.github.io/minisign/, prehashed (`ED`).
 */
export interface MinisignOptions {
  /** Is signed as well and shown by the tool: the name of what was signed, say. One line. */
  readonly trustedComment: string;
}

/** Ed25519 in PKCS #8 and in SPKI: what stands before the 32 bytes of the public key (RFC 8410). */
const spkiPrefixBytes = 12;
const keyIdBytes = 8;

/**
 * Makes an Ed25519 key pair of its own kind: keys of `generateKeys` are of a curve that minisign does not have. The
 * public key is the text of a `.pub` file; the private key is PEM, encrypted if a passphrase was given.
 */
export function generateMinisignKeys(passphrase?: string): KeyPair {
  if (passphrase === "") throw new ManifestError("E_KEY", "the passphrase is empty");
  const { privateKey } = generateKeyPairSync("ed25519");
  const cipher = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem", ...cipher }).toString(),
    publicKey: minisignPublicKey(privateKey),
  };
}

/** Reads a private key of `generateMinisignKeys`; `E_KEY` for any other. */
export function readMinisignKey(pem: string, passphrase?: string): KeyObject {
  try {
    const key = createPrivateKey({
      key: pem,
      format: "pem",
      ...(passphrase === undefined ? {} : { passphrase }),
    });
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (cause) {
    throw new ManifestError("E_KEY", "minisign key: it cannot be read: is the passphrase right?", {
      cause,
    });
  }
  throw new ManifestError("E_KEY", "minisign key: not Ed25519: make one of its own for minisign");
}

/** The text of the `.pub` file that belongs to a private key: `minisign -V -p` takes it. */
export function minisignPublicKey(key: KeyObject): string {
  const raw = rawPublicKey(key);
  const id = keyId(raw);
  const shown = Buffer.from(id).reverse().toString("hex").toUpperCase();
  const line = Buffer.concat([Buffer.from("Ed"), id, raw]).toString("base64");
  return `untrusted comment: minisign public key ${shown}\n${line}\n`;
}

/** Signs bytes; gives those of a `.minisig` file. Throws `E_KEY` for a comment of several lines. */
export function signMinisign(
  bytes: Uint8Array,
  key: KeyObject,
  { trustedComment }: MinisignOptions,
): Uint8Array {
  if (/[\r\n]/.test(trustedComment)) {
    throw new ManifestError("E_KEY", "minisign: the trusted comment has more than one line");
  }
  const signature = sign(null, createHash("blake2b512").update(bytes).digest(), key);
  const whole = sign(null, Buffer.concat([signature, Buffer.from(trustedComment)]), key);
  const head = Buffer.concat([Buffer.from("ED"), keyId(rawPublicKey(key)), signature]);
  return Buffer.from(
    [
      "untrusted comment: signature from plimsoll",
      head.toString("base64"),
      `trusted comment: ${trustedComment}`,
      whole.toString("base64"),
      "",
    ].join("\n"),
  );
}

function rawPublicKey(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: "spki", format: "der" }).subarray(spkiPrefixBytes);
}

/** The tool takes any eight bytes as a key's number; these follow from the key. */
const keyId = (raw: Uint8Array): Buffer =>
  createHash("sha256").update(raw).digest().subarray(0, keyIdBytes);
