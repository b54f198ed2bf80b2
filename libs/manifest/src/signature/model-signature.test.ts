import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { expect, test } from "@jest/globals";
import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { signEnvelope } from "./envelope.ts";
import { signModel, verifyModel } from "./model-signature.ts";
import { generateKeys, readSigningKey } from "./signing-key.ts";
import { readTrustedKeys, type VerificationKey } from "./trusted-key.ts";

const pair = generateKeys();
const other = generateKeys();
const key = readSigningKey(pair.privateKey);
const trusted = readTrustedKeys([{ id: "release", publicKey: pair.publicKey }]);
const files = [
  { name: "b.onnx", sha256: "b".repeat(64) },
  { name: "a.onnx", sha256: "a".repeat(64) },
];
const now = Date.parse("2026-11-21T00:00:00Z");
const where = { source: "model.sig", at: now };
const signed = signModel("digits", files, key);

type Bundle = {
  mediaType: string;
  verificationMaterial: { publicKey: { hint: string; rawBytes?: string } };
  dsseEnvelope: {
    payload: string;
    payloadType: string;
    signatures: { sig: string; keyid: string }[];
  };
};
const bundle = (): Bundle => JSON.parse(Buffer.from(signed).toString()) as Bundle;
const bytesOf = (value: Bundle): Uint8Array => Buffer.from(JSON.stringify(value));

/** The bundle with a statement that somebody changed and signed with the very key. */
function resigned(change: (statement: Record<string, unknown>) => void): Uint8Array {
  const value = bundle();
  const statement = JSON.parse(
    Buffer.from(value.dsseEnvelope.payload, "base64").toString(),
  ) as Record<string, unknown>;
  change(statement);
  const payload = Buffer.from(JSON.stringify(statement));
  value.dsseEnvelope = signAgain(payload, value.dsseEnvelope.payloadType);
  return bytesOf(value);
}

test("what was signed is read back, in the order of names", () => {
  const signature = verifyModel(signed, trusted, where);
  expect(signature.subject).toBe("digits");
  expect(signature.keyId).toBe("release");
  expect([...signature.files]).toEqual([
    ["a.onnx", "a".repeat(64)],
    ["b.onnx", "b".repeat(64)],
  ]);
});

test("an independent verifier accepts the bundle, and refuses it for another key", () => {
  const entity = toSignedEntity(bundleFromJSON(bundle()));
  const verifier = (publicKey: string): Verifier =>
    new Verifier(
      toTrustMaterial(
        {
          mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
          tlogs: [],
          certificateAuthorities: [],
          ctlogs: [],
          timestampAuthorities: [],
        },
        () => ({ publicKey: createPublicKey(publicKey), validFor: () => true }),
      ),
      { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 },
    );
  expect(() => verifier(pair.publicKey).verify(entity)).not.toThrow();
  expect(() => verifier(other.publicKey).verify(entity)).toThrow();
});

test("T1: a valid bundle by a key that is not trusted is refused", () => {
  const foreign = signModel("digits", files, readSigningKey(other.privateKey));
  expect(() => verifyModel(foreign, trusted, where)).toThrow(
    expect.objectContaining({ code: "E_SIG" }),
  );
});

test("T9: a key that the bundle brings along changes nothing", () => {
  const foreign = JSON.parse(
    Buffer.from(signModel("digits", files, readSigningKey(other.privateKey))).toString(),
  ) as Bundle;
  foreign.verificationMaterial.publicKey = {
    hint: trusted[0]?.hint ?? "",
    rawBytes: Buffer.from(other.publicKey).toString("base64"),
  };
  expect(() => verifyModel(bytesOf(foreign), trusted, where)).toThrow("no signature by a trusted");
});

test("T10: keys of other kinds are refused when they are read", () => {
  const ed25519 = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" });
  const lowOrder = Buffer.concat([
    Buffer.from("302a300506032b6570032100", "hex"),
    Buffer.from([1]),
    Buffer.alloc(31),
  ]).toString("base64");
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
  const koblitz = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey;
  for (const publicKey of [
    ed25519.toString(),
    `-----BEGIN PUBLIC KEY-----\n${lowOrder}\n-----END PUBLIC KEY-----\n`,
    rsa.export({ type: "spki", format: "pem" }).toString(),
    koblitz.export({ type: "spki", format: "pem" }).toString(),
    "no key",
    "",
    pair.privateKey,
  ]) {
    expect(() => readTrustedKeys([{ id: "k", publicKey }])).toThrow(
      expect.objectContaining({ code: "E_KEY" }),
    );
  }
});

test("T8: no key, and the same key under two names, are refused", () => {
  expect(() => readTrustedKeys([])).toThrow("no trusted key");
  const { publicKey } = pair;
  expect(() =>
    readTrustedKeys([
      { id: "a", publicKey },
      { id: "b", publicKey },
    ]),
  ).toThrow("twice");
});

const changes: [string, Uint8Array][] = [
  ["payload type", change((b) => (b.dsseEnvelope.payloadType = "text/plain"))],
  ["media type", change((b) => (b.mediaType = "application/json"))],
  ["statement type", resigned((s) => (s["_type"] = "https://in-toto.io/Statement/v0.1"))],
  ["predicate type", resigned((s) => (s["predicateType"] = "https://slsa.dev/provenance/v1"))],
  ["subject digest", resigned((s) => (s["subject"] = [{ digest: { sha256: "c".repeat(64) } }]))],
  ["two subjects", resigned((s) => (s["subject"] = [{}, {}]))],
  ["no predicate", resigned((s) => delete s["predicate"])],
  ["63 bytes of signature", changeSignature((sig) => sig.subarray(0, 63))],
  ["an empty signature", changeSignature(() => Buffer.alloc(0))],
  ["a trailing byte", changeSignature((sig) => Buffer.concat([sig, Buffer.alloc(1)]))],
  ["r = s = 0", changeSignature(() => Buffer.from("3006020100020100", "hex"))],
  ["loose base64", change((b) => (b.dsseEnvelope.payload += "\n"))],
  ["no signatures", change((b) => (b.dsseEnvelope.signatures = []))],
  ["not JSON", Buffer.from("<html>")],
  ["nothing", new Uint8Array(0)],
];

test.each(changes)("T11: %s is refused", (_, bytes) => {
  expect(() => verifyModel(bytes, trusted, where)).toThrow(
    expect.objectContaining({ code: "E_SIG" }),
  );
});

test("T16: an old key counts until its end and a new one from its beginning", () => {
  const dated = (notBefore: string, notAfter: string): readonly VerificationKey[] =>
    readTrustedKeys([{ id: "k", publicKey: pair.publicKey, notBefore, notAfter }]);
  expect(verifyModel(signed, dated("2026-01-01", "2026-12-31"), where).keyId).toBe("k");
  expect(() => verifyModel(signed, dated("2025-01-01", "2025-12-31"), where)).toThrow(
    "not valid at",
  );
  expect(() => verifyModel(signed, dated("2027-01-01", "2027-12-31"), where)).toThrow(
    "not valid at",
  );
});

test("a private key is encrypted with its passphrase, and says so when that is missing or wrong", () => {
  const { privateKey } = generateKeys("correct horse");
  expect(privateKey).toContain("ENCRYPTED");
  expect(readSigningKey(privateKey, "correct horse").type).toBe("private");
  expect(() => readSigningKey(privateKey)).toThrow("give its passphrase");
  expect(() => readSigningKey(privateKey, "battery")).toThrow("the passphrase is wrong");
  expect(() => readSigningKey("no key")).toThrow("not a private key");
});

function change(edit: (value: Bundle) => void): Uint8Array {
  const value = bundle();
  edit(value);
  return bytesOf(value);
}

function changeSignature(edit: (sig: Buffer) => Buffer): Uint8Array {
  return change(({ dsseEnvelope: { signatures } }) => {
    const [first] = signatures;
    if (first) first.sig = edit(Buffer.from(first.sig, "base64")).toString("base64");
  });
}

function signAgain(payload: Buffer, payloadType: string): Bundle["dsseEnvelope"] {
  return signEnvelope(payload, payloadType, [
    createPrivateKey(pair.privateKey),
  ]) as Bundle["dsseEnvelope"];
}
