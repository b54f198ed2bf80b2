import type { TrustedRoot } from "@sigstore/protobuf-specs";
import type { Verifier } from "@sigstore/verify";
import { isDigest } from "../bytes/digest.ts";
import { ManifestError } from "../error.ts";
import { isObject } from "../json/is-object.ts";
import type { JsonValue } from "../json/json.ts";
import { parseJson } from "../json/parse-json.ts";
import { printable } from "../text/printable.ts";
import {
  claimsFault,
  readClaims,
  type AttestationClaims,
  type AttestationPolicy,
} from "./attestation-claims.ts";

export interface AttestationOptions {
  /** `trusted_root.json`, or several, a line each, as `gh attestation trusted-root` prints them. Pinned, never fetched. */
  readonly trustedRoot: Uint8Array;
  readonly policy: AttestationPolicy;
  /** SHA-256 of the files that must be attested, hex. */
  readonly digests: readonly string[];
  /** For messages; default `attestation.jsonl`. */
  readonly source?: string;
}

const statementType = "https://in-toto.io/Statement/v1";
const payloadType = "application/vnd.in-toto+json";
const provenance = "https://slsa.dev/provenance/v1";
const limits = { maxBytes: 8 << 20, maxDepth: 64 };
const maxBundles = 100;
const maxSubjects = 20_000;

/**
 * Verifies attestations that GitHub made of files (`attestation.jsonl`: a Sigstore bundle a line), offline: certificate,
 * transparency log and time against the pinned root, then what the certificate says against the policy, then that the
 * statements name every digest. How much is demanded follows from the root alone: one with transparency logs demands an
 * entry and a timestamp of the certificate's log, one without, as GitHub has for private repositories, a signed time.
 *
 * Gives the claims of each attestation that counted. Needs the optional packages `@sigstore/verify`, `@sigstore/bundle` and
 * `@sigstore/protobuf-specs`, which are loaded here only. Throws `E_SIG` for whatever is wrong.
 */
export async function verifyAttestation(
  bytes: Uint8Array,
  { trustedRoot, policy, digests, source = "attestation.jsonl" }: AttestationOptions,
): Promise<readonly AttestationClaims[]> {
  const refuse = (why: string, cause?: unknown): ManifestError =>
    new ManifestError(
      "E_SIG",
      `${printable(source)}: ${why}: do not use these files; ask the publisher`,
      { cause },
    );
  const sigstore = await loadSigstore(refuse);
  const verifiers = jsonLines(trustedRoot, "the trusted root", refuse).map((root) =>
    verifierOf(sigstore, root, refuse),
  );
  if (digests.length === 0 || !digests.every(isDigest)) throw refuse("no digests to look for");
  const missing = new Set(digests);
  const counted: AttestationClaims[] = [];
  let reason = "no attestations";
  for (const value of jsonLines(bytes, "the attestations", refuse)) {
    try {
      const { claims, statement } = verifyBundle(sigstore, verifiers, value);
      const fault = claimsFault(claims, policy);
      if (fault !== undefined) throw new Error(fault);
      const subjects = readSubjects(statement, policy.predicateType ?? provenance);
      const found = subjects.filter((digest) => missing.delete(digest));
      if (found.length > 0) counted.push(claims);
    } catch (error) {
      // One that does not count does no harm, as long as others attest every file.
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  const [first] = missing;
  if (first !== undefined) {
    const count = missing.size;
    throw refuse(
      `${count} files without an attestation, ${first} first (${printable(reason, 300)})`,
    );
  }
  return counted;
}

type Refuse = (why: string, cause?: unknown) => ManifestError;
type Sigstore = Awaited<ReturnType<typeof loadSigstore>>;

async function loadSigstore(refuse: Refuse) {
  try {
    const [bundle, specs, verify] = await Promise.all([
      import("@sigstore/bundle"),
      import("@sigstore/protobuf-specs"),
      import("@sigstore/verify"),
    ]);
    return { bundle, specs, verify };
  } catch (cause) {
    throw refuse("to verify it, npm install @sigstore/verify@~3.1.1 @sigstore/bundle@4", cause);
  }
}

function jsonLines(bytes: Uint8Array, what: string, refuse: Refuse): readonly JsonValue[] {
  const lines = Buffer.from(bytes)
    .toString("utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (lines.length > maxBundles) throw refuse(`${what}: ${lines.length} lines`);
  try {
    // A trusted root is also written as one document over many lines.
    const whole = what === "the trusted root" && lines[0]?.trim() === "{";
    if (whole) return [parseJson(bytes, limits)];
    return lines.map((line) => parseJson(Buffer.from(line), limits));
  } catch (cause) {
    throw refuse(`${what} cannot be read`, cause);
  }
}

function verifierOf({ specs, verify }: Sigstore, value: JsonValue, refuse: Refuse): Verifier {
  try {
    const root: TrustedRoot = specs.TrustedRoot.fromJSON(value);
    const hasLogs = root.tlogs.length > 0 && root.ctlogs.length > 0;
    return new verify.Verifier(verify.toTrustMaterial(root), {
      tlogThreshold: hasLogs ? 1 : 0,
      ctlogThreshold: hasLogs ? 1 : 0,
      timestampThreshold: 1,
    });
  } catch (cause) {
    throw refuse("the trusted root cannot be used", cause);
  }
}

function verifyBundle(
  { bundle: bundles, verify }: Sigstore,
  verifiers: readonly Verifier[],
  value: JsonValue,
): { readonly claims: AttestationClaims; readonly statement: Uint8Array } {
  const bundle = bundles.bundleFromJSON(value);
  const { content } = bundle;
  if (content.$case !== "dsseEnvelope") throw new Error("not a DSSE envelope");
  if (content.dsseEnvelope.payloadType !== payloadType) throw new Error("not an in-toto statement");
  if (bundle.verificationMaterial.content.$case === "publicKey") throw new Error("no certificate");
  const entity = verify.toSignedEntity(bundle);
  let reason: unknown = new Error("no trusted root");
  for (const verifier of verifiers) {
    try {
      const { identity } = verifier.verify(entity);
      return { claims: readClaims(identity?.oids ?? []), statement: content.dsseEnvelope.payload };
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}

/** The digests that a verified statement names. */
function readSubjects(bytes: Uint8Array, predicateType: string): readonly string[] {
  const statement = parseJson(bytes, limits);
  if (!isObject(statement) || statement["_type"] !== statementType) {
    throw new Error("not an in-toto statement v1");
  }
  if (statement["predicateType"] !== predicateType) {
    throw new Error(`a statement of ${String(statement["predicateType"])}`);
  }
  const subjects = statement["subject"];
  if (!Array.isArray(subjects) || subjects.length > maxSubjects) throw new Error("no subjects");
  return (subjects as readonly JsonValue[]).flatMap((subject) => {
    const digest = isObject(subject) ? subject["digest"] : undefined;
    const sha = isObject(digest) ? digest["sha256"] : undefined;
    return isDigest(sha) ? [sha] : [];
  });
}
