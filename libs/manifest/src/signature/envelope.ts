import { createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { ManifestError } from "../error.ts";
import { isObject } from "../json/is-object.ts";
import type { JsonValue } from "../json/json.ts";
import { signatureDigest, type VerificationKey } from "./trusted-key.ts";

/** A DSSE envelope (https://github.com/secure-systems-lab/dsse) as its JSON says it. */
export interface Envelope {
  /** Base64. */
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly sig: string; readonly keyid: string }[];
}

/** What a valid envelope holds, and whose signature it bore. */
export interface VerifiedPayload {
  readonly payload: Uint8Array;
  /** `id` of the trusted key. */
  readonly keyId: string;
}

const maxSignatures = 16;

/** The bytes that DSSE signs: `DSSEv1 <length of type> <type> <length of payload> <payload>`. */
function preAuthentication(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType);
  const head = `DSSEv1 ${type.length} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Signs `payload` with every key: two while one replaces the other. */
export function signEnvelope(
  payload: Uint8Array,
  payloadType: string,
  keys: readonly KeyObject[],
): Envelope {
  const bytes = preAuthentication(payloadType, payload);
  return {
    payload: Buffer.from(payload).toString("base64"),
    payloadType,
    signatures: keys.map((key) => ({
      sig: sign(signatureDigest(createPublicKey(key), "signing"), bytes, key).toString("base64"),
      keyid: "",
    })),
  };
}

/**
 * Checks an envelope against the trusted keys and gives its payload. Algorithm and key come from the configuration: what
 * the envelope says of itself is no more than a hint (row T9). One valid signature by one trusted key is enough; a key
 * outside its dates at `at` counts as unknown. Throws `E_SIG`; `name` is for messages.
 */
export function verifyEnvelope(
  value: JsonValue,
  payloadType: string,
  keys: readonly VerificationKey[],
  { name, at }: { readonly name: string; readonly at: number },
): VerifiedPayload {
  const refuse = (why: string): ManifestError =>
    new ManifestError("E_SIG", `${name}: ${why}: do not use these files; ask the publisher`);
  const envelope = readEnvelope(value, refuse);
  if (envelope.payloadType !== payloadType) throw refuse("it is a signature of something else");
  const payload = decodeBase64(envelope.payload, refuse);
  const bytes = preAuthentication(payloadType, payload);
  let outOfDate: string | undefined;
  for (const { sig } of envelope.signatures) {
    const signature = decodeBase64(sig, refuse);
    const key = keys.find((candidate) => holds(candidate, bytes, signature));
    if (key === undefined) continue;
    if (at >= key.notBefore && at <= key.notAfter) return { payload, keyId: key.id };
    outOfDate = key.id;
  }
  throw refuse(
    outOfDate === undefined
      ? "no signature by a trusted key"
      : `signed with key ${outOfDate}, which is not valid at this time`,
  );
}

function holds({ key, digest }: VerificationKey, bytes: Buffer, signature: Buffer): boolean {
  try {
    return verify(digest, bytes, key, signature);
  } catch {
    return false; // Some OpenSSL versions throw on a malformed signature instead of answering.
  }
}

function readEnvelope(value: JsonValue, refuse: (why: string) => ManifestError): Envelope {
  if (!isObject(value)) throw refuse("not a DSSE envelope");
  const { payload, payloadType, signatures } = value;
  if (
    typeof payload !== "string" ||
    typeof payloadType !== "string" ||
    !Array.isArray(signatures) ||
    signatures.length === 0 ||
    signatures.length > maxSignatures
  ) {
    throw refuse("not a DSSE envelope");
  }
  return {
    payload,
    payloadType,
    signatures: (signatures as readonly JsonValue[]).map((entry) => {
      const sig = isObject(entry) ? entry["sig"] : undefined;
      if (typeof sig !== "string") throw refuse("a signature has no bytes");
      return { sig, keyid: "" };
    }),
  };
}

/** Strict: `Buffer.from` skips what is not base64, and then two texts would stand for one signature. */
function decodeBase64(text: string, refuse: (why: string) => ManifestError): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw refuse("not base64");
  return bytes;
}
