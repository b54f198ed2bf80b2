import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { isDigest } from "../bytes/digest.ts";
import { ManifestError } from "../error.ts";
import { isObject } from "../json/is-object.ts";
import type { JsonValue } from "../json/json.ts";
import { parseJson } from "../json/parse-json.ts";
import { signEnvelope, verifyEnvelope } from "./envelope.ts";
import { keyHint, type VerificationKey } from "./trusted-key.ts";

/**
 * `model.sig`: a Sigstore bundle v0.3 with an in-toto statement of OpenSSF model signing 1.0, as the stock tool
 * `model_signing verify key` takes it (https://github.com/sigstore/model-transparency). The subject's digest is the
 * SHA-256 of the resources' digests, in the order of their names.
 */
export interface SignedFile {
  readonly name: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

/** What a valid `model.sig` says. */
export interface ModelSignature {
  /** What was signed: the model's name. */
  readonly subject: string;
  readonly files: ReadonlyMap<string, string>;
  /** `id` of the trusted key that signed. */
  readonly keyId: string;
}

const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";
const payloadType = "application/vnd.in-toto+json";
const statementType = "https://in-toto.io/Statement/v1";
const predicateType = "https://model_signing/signature/v1.0";
/** Files of a version that the signature does not name: itself, and what is made after it. */
const ignoredPaths = ["model.sig", "attestation.jsonl", "SHA256SUMS"];
const limits = { maxBytes: 8 << 20, maxDepth: 16, maxFiles: 20_001 };

const byName = (a: SignedFile, b: SignedFile): number => (a.name < b.name ? -1 : 1);

function rootDigest(files: readonly SignedFile[]): string {
  const hash = createHash("sha256");
  for (const { sha256 } of files) hash.update(Buffer.from(sha256, "hex"));
  return hash.digest("hex");
}

/** Signs files with one key: the format has room for one. Gives the bytes of `model.sig`. */
export function signModel(
  subject: string,
  files: readonly SignedFile[],
  key: KeyObject,
): Uint8Array {
  const sorted = [...files].sort(byName);
  const statement = {
    _type: statementType,
    subject: [{ name: subject, digest: { sha256: rootDigest(sorted) } }],
    predicateType,
    predicate: {
      serialization: {
        method: "files",
        hash_type: "sha256",
        allow_symlinks: false,
        ignore_paths: ignoredPaths,
      },
      resources: sorted.map(({ name, sha256 }) => ({ name, algorithm: "sha256", digest: sha256 })),
    },
  };
  const bundle = {
    mediaType: bundleType,
    verificationMaterial: { publicKey: { hint: keyHint(createPublicKey(key)) }, tlogEntries: [] },
    dsseEnvelope: signEnvelope(Buffer.from(JSON.stringify(statement)), payloadType, [key]),
  };
  return Buffer.from(`${JSON.stringify(bundle)}\n`);
}

/**
 * Verifies `model.sig` with the trusted keys: signature first, then every type, then that the digests agree with the
 * subject. What the files themselves are is the caller's to compare. Throws `E_SIG` for whatever is wrong.
 */
export function verifyModel(
  bytes: Uint8Array,
  keys: readonly VerificationKey[],
  { source, at }: { readonly source: string; readonly at: number },
): ModelSignature {
  const refuse = (why: string, cause?: unknown): ManifestError =>
    new ManifestError("E_SIG", `${source}: ${why}: do not use these files; ask the publisher`, {
      cause,
    });
  const read = (text: Uint8Array, what: string): JsonValue => {
    try {
      return parseJson(text, limits);
    } catch (cause) {
      throw refuse(`${what} cannot be read`, cause);
    }
  };
  const bundle = read(bytes, "the bundle");
  if (!isObject(bundle) || bundle["mediaType"] !== bundleType) {
    throw refuse("not a Sigstore bundle v0.3");
  }
  const envelope = bundle["dsseEnvelope"] ?? null;
  const { payload, keyId } = verifyEnvelope(envelope, payloadType, keys, { name: source, at });
  return { ...readStatement(read(payload, "the statement"), refuse), keyId };
}

function readStatement(
  statement: JsonValue,
  refuse: (why: string) => ManifestError,
): Omit<ModelSignature, "keyId"> {
  if (!isObject(statement) || statement["_type"] !== statementType) {
    throw refuse("not an in-toto statement v1");
  }
  if (statement["predicateType"] !== predicateType) throw refuse("not a model signature 1.0");
  const [subject, ...others] = list(statement["subject"]);
  const resources = list(field(statement["predicate"], "resources"));
  if (subject === undefined || others.length > 0) throw refuse("not exactly one subject");
  if (resources.length > limits.maxFiles) throw refuse("too many files");
  const files = resources.map((resource) => {
    const name = field(resource, "name");
    const digest = field(resource, "digest");
    if (field(resource, "algorithm") !== "sha256" || !isDigest(digest)) {
      throw refuse("a file without a SHA-256");
    }
    if (typeof name !== "string") throw refuse("a file without a name");
    return { name, sha256: digest };
  });
  const named = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  if (named.size !== files.length) throw refuse("a file is named twice");
  if (field(field(subject, "digest"), "sha256") !== rootDigest(files)) {
    throw refuse("its digests do not agree with its subject");
  }
  const name = field(subject, "name");
  return { subject: typeof name === "string" ? name : "", files: named };
}

const field = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  isObject(value) ? value[name] : undefined;
const list = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];
