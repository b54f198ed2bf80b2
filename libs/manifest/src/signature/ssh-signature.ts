import { createHash, createPublicKey, sign, type KeyObject } from "node:crypto";
import { ManifestError } from "../error.ts";
import { signatureDigest } from "./trusted-key.ts";

/**
 * Signatures that `ssh-keygen -Y verify` takes, for people who have only that: an export beside `model.sig`, never what
 * this program itself trusts. Format: PROTOCOL.sshsig of OpenSSH, keys as in RFC 5656.
 */
export interface SshSignatureOptions {
  /** What the signature is for; the verifier has to name the same. Default `model-weights`. */
  readonly namespace?: string;
}

export const sshNamespace = "model-weights";

const magic = Buffer.from("SSHSIG");
const version = 1;
const hashName = "sha512";
const lineLength = 70;

/** The curves of JSON web keys by the names that OpenSSH has for them. */
const curves: ReadonlyMap<string, string> = new Map([
  ["P-256", "nistp256"],
  ["P-384", "nistp384"],
  ["P-521", "nistp521"],
]);

/** The public key of a signing key as OpenSSH writes it: `ecdsa-sha2-nistp256 AAAA…`, for a file of allowed signers. */
export function sshPublicKey(key: KeyObject): string {
  const { type, blob } = publicBlob(key);
  return `${type} ${blob.toString("base64")}`;
}

/** Signs bytes with the key that signs `model.sig`; gives the armoured text of a `.sig` file. */
export function signSsh(
  bytes: Uint8Array,
  key: KeyObject,
  { namespace = sshNamespace }: SshSignatureOptions = {},
): Uint8Array {
  const { type, blob, digest } = publicBlob(key);
  const about = [text(namespace), text(""), text(hashName)];
  const hash = createHash(hashName).update(bytes).digest();
  const signed = Buffer.concat([magic, ...about, field(hash)]);
  const pair = sign(digest, signed, { key, dsaEncoding: "ieee-p1363" });
  const [r, s] = [pair.subarray(0, pair.length / 2), pair.subarray(pair.length / 2)];
  const signature = Buffer.concat([text(type), field(Buffer.concat([integer(r), integer(s)]))]);
  const whole = Buffer.concat([magic, number(version), field(blob), ...about, field(signature)]);
  const lines = whole.toString("base64").match(new RegExp(`.{1,${lineLength}}`, "g")) ?? [];
  return Buffer.from(
    ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""].join("\n"),
  );
}

function publicBlob(key: KeyObject): { type: string; blob: Buffer; digest: string } {
  const publicKey = createPublicKey(key);
  const digest = signatureDigest(publicKey, "signing");
  const { crv = "", x = "", y = "" } = publicKey.export({ format: "jwk" });
  const curve = curves.get(crv);
  if (curve === undefined) throw new ManifestError("E_KEY", `signing key: no curve of SSH: ${crv}`);
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(x, "base64url"),
    Buffer.from(y, "base64url"),
  ]);
  const type = `ecdsa-sha2-${curve}`;
  return { type, digest, blob: Buffer.concat([text(type), text(curve), field(point)]) };
}

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const field = (bytes: Uint8Array): Buffer => Buffer.concat([number(bytes.length), bytes]);
const text = (value: string): Buffer => field(Buffer.from(value));

/** A positive number as an mpint of RFC 4251: no leading zeros, but one before a top bit. */
function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? new Uint8Array(0) : bytes.subarray(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return field(Buffer.concat([Buffer.from(sign), digits]));
}
