import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto";
import { fakeTimestamp } from "./fake-timestamp.ts";
import { bits, der, integer, name, octets, oid, sequence, time, utf8, yes } from "../der.ts";

/**
 * A Sigstore of a test's own: certificate authority, certificate log and transparency log, each with a fresh key, and the
 * trusted root that names them. What it makes is made as Fulcio and Rekor make it.
 */
export interface FakeSigstore {
  /** `trusted_root.json`. */
  readonly trustedRoot: Buffer;
  attest(options: FakeAttestation): Buffer;
}

export interface FakeAttestation {
  /** Values of Fulcio's extensions by their last number. */
  readonly claims: Readonly<Record<number, string>>;
  readonly statement: unknown;
  readonly payloadType?: string;
  /** Leaves out the certificate log's timestamp. */
  readonly withoutSct?: boolean;
  /** Leaves out the signed time of a private instance. */
  readonly withoutTime?: boolean;
}

const now = new Date("2026-11-21T10:00:00Z");
const later = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);
const ecdsa = sequence(oid("1.2.840.10045.4.3.2"));
const authority = name("a test's authority");
/** Of every certificate: nothing here looks for one by it. */
const serial = 7;
const logUrl = "rekor.example";

const newKey = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const spki = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ type: "spki", format: "der" });
const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  createHash("sha256").update(Buffer.concat(parts)).digest();
const signed = (bytes: Uint8Array, key: KeyObject): Buffer => sign("sha256", bytes, key);

/** `isPrivate`: without logs, with a timestamp authority, as GitHub's own for private repositories. */
export function fakeSigstore({ isPrivate = false } = {}): FakeSigstore {
  const [ca, ct, rekor, tsa] = [newKey(), newKey(), newKey(), newKey()];
  const root = certificate(
    ca,
    toBeSigned(ca, authority, 600, [
      extension("2.5.29.19", sequence(yes), true),
      // keyCertSign and cRLSign.
      extension("2.5.29.15", der(0x03, Buffer.from([1, 6])), true),
    ]),
  );
  const log = (key: KeyObject): object => ({
    baseUrl: `https://${logUrl}`,
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: spki(key).toString("base64"),
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      validFor: { start: later(-600).toISOString() },
    },
    logId: { keyId: sha256(spki(key)).toString("base64") },
  });
  const chain = (...certificates: readonly Buffer[]): object => ({
    subject: { organization: "a test's authority", commonName: "" },
    uri: "https://fulcio.example",
    certChain: {
      certificates: certificates.map((bytes) => ({ rawBytes: bytes.toString("base64") })),
    },
    validFor: { start: later(-600).toISOString() },
  });
  const timer = certificate(ca, toBeSigned(tsa, name("a test's clock"), 600, []));
  const trustedRoot = {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: isPrivate ? [] : [log(rekor)],
    ctlogs: isPrivate ? [] : [log(ct)],
    timestampAuthorities: isPrivate ? [chain(timer, root)] : [],
    certificateAuthorities: [chain(root)],
  };
  return {
    trustedRoot: Buffer.from(JSON.stringify(trustedRoot)),
    attest: (options) => bundle({ ca, ct, rekor, tsa: isPrivate ? tsa : undefined }, options),
  };
}

interface Keys {
  readonly ca: KeyObject;
  readonly ct: KeyObject;
  readonly rekor: KeyObject;
  /** Of a private instance only. */
  readonly tsa: KeyObject | undefined;
}

function bundle(keys: Keys, options: FakeAttestation): Buffer {
  const { claims, statement, payloadType = "application/vnd.in-toto+json" } = options;
  const key = newKey();
  const extensions = [
    extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.3"))),
    extension("2.5.29.17", sequence(der(0x86, Buffer.from(claims[9] ?? ""))), true),
    ...Object.entries(claims).map(([number, value]) =>
      extension(`1.3.6.1.4.1.57264.1.${number}`, utf8(value)),
    ),
  ];
  const precertificate = toBeSigned(key, sequence(), 10, extensions);
  const sct = extension("1.3.6.1.4.1.11129.2.4.2", octets(timestampList(keys, precertificate)));
  const final =
    options.withoutSct === true || keys.tsa !== undefined
      ? precertificate
      : toBeSigned(key, sequence(), 10, [...extensions, sct]);
  const payload = Buffer.from(JSON.stringify(statement));
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `;
  const signature = signed(Buffer.concat([Buffer.from(head), payload]), key);
  return Buffer.from(
    JSON.stringify({
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: {
        certificate: { rawBytes: certificate(keys.ca, final).toString("base64") },
        ...evidence(keys, payload, signature, options.withoutTime === true),
      },
      dsseEnvelope: {
        payload: payload.toString("base64"),
        payloadType,
        signatures: [{ sig: signature.toString("base64") }],
      },
    }),
  );
}

/** When it was signed: an entry of a public log, or a signed time. */
function evidence(
  { rekor, tsa }: Keys,
  payload: Uint8Array,
  signature: Buffer,
  withoutTime: boolean,
): object {
  if (tsa === undefined) return { tlogEntries: [logEntry(rekor, payload, signature)] };
  if (withoutTime) return { tlogEntries: [] };
  const signedTimestamp = fakeTimestamp(signature, now, { key: tsa, issuer: authority, serial });
  return {
    tlogEntries: [],
    timestampVerificationData: {
      rfc3161Timestamps: [{ signedTimestamp: signedTimestamp.toString("base64") }],
    },
  };
}

/** A TBSCertificate, valid from a minute ago (RFC 5280, 4.1). */
function toBeSigned(
  key: KeyObject,
  subject: Uint8Array,
  minutes: number,
  extensions: readonly Uint8Array[],
): Buffer {
  return sequence(
    der(0xa0, integer(2)),
    integer(serial),
    ecdsa,
    authority,
    sequence(time(later(-1)), time(later(minutes))),
    subject,
    spki(key),
    der(0xa3, sequence(...extensions)),
  );
}

const certificate = (ca: KeyObject, body: Uint8Array): Buffer =>
  sequence(body, ecdsa, bits(signed(body, ca)));

const extension = (id: string, value: Uint8Array, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [yes] : []), octets(value));

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
const counted = (bytes: Uint8Array): Buffer => Buffer.concat([u16(bytes.length), bytes]);

/** What a certificate log promises about a certificate without this promise (RFC 6962, 3.2 and 3.3). */
function timestampList({ ca, ct }: Keys, precertificate: Uint8Array): Buffer {
  const millis = Buffer.alloc(8);
  millis.writeBigUInt64BE(BigInt(now.getTime()));
  const entry = Buffer.concat([
    Buffer.from([0, 0]),
    millis,
    u16(1),
    sha256(spki(ca)),
    Buffer.from([0]),
    counted(precertificate),
    u16(0),
  ]);
  const algorithm = Buffer.from([4, 3]);
  const sct = Buffer.concat([
    Buffer.from([0]),
    sha256(spki(ct)),
    millis,
    u16(0),
    algorithm,
    counted(signed(entry, ct)),
  ]);
  return counted(counted(sct));
}

/** An entry of Rekor, alone in its tree, with promise and proof. */
function logEntry(rekor: KeyObject, payload: Uint8Array, signature: Buffer): object {
  const body = Buffer.from(
    JSON.stringify({
      apiVersion: "0.0.1",
      kind: "dsse",
      spec: {
        payloadHash: { algorithm: "sha256", value: sha256(payload).toString("hex") },
        signatures: [{ signature: signature.toString("base64"), verifier: "" }],
      },
    }),
  );
  const keyId = sha256(spki(rekor));
  const integratedTime = now.getTime() / 1000;
  // Canonical JSON: keys in alphabetical order, no space.
  const promise = JSON.stringify({
    body: body.toString("base64"),
    integratedTime,
    logID: keyId.toString("hex"),
    logIndex: 0,
  });
  const rootHash = sha256(Buffer.from([0]), body).toString("base64");
  const note = `${logUrl}\n1\n${rootHash}\n`;
  const mark = Buffer.concat([keyId.subarray(0, 4), signed(Buffer.from(note), rekor)]);
  return {
    logIndex: "0",
    logId: { keyId: keyId.toString("base64") },
    kindVersion: { kind: "dsse", version: "0.0.1" },
    integratedTime: String(integratedTime),
    inclusionPromise: {
      signedEntryTimestamp: signed(Buffer.from(promise), rekor).toString("base64"),
    },
    inclusionProof: {
      logIndex: "0",
      treeSize: "1",
      rootHash,
      hashes: [],
      checkpoint: { envelope: `${note}\n\u2014 ${logUrl} ${mark.toString("base64")}\n` },
    },
    canonicalizedBody: body.toString("base64"),
  };
}
