import { printable } from "../text/printable.ts";

/** What an attestation of GitHub must say about where the files were made. From local configuration only (row T14). */
export interface AttestationPolicy {
  /** `owner/repo`. */
  readonly repository: string;
  /** GitHub's number of the repository: a name can be given up and taken by somebody else, a number cannot. */
  readonly repositoryId?: string;
  /** The workflow file: `.github/workflows/release-weights.yml`. */
  readonly workflow: string;
  /** The ref that was built: `refs/heads/main`, or a beginning with a star, `refs/tags/weights-v*`. */
  readonly ref: string;
  /** Also takes runners that are not GitHub's own; default false. */
  readonly allowSelfHosted?: boolean;
  /** What was attested; default `https://slsa.dev/provenance/v1`. */
  readonly predicateType?: string;
  /** Default `https://github.com`. */
  readonly server?: string;
  /** Who issued the identity; default `https://token.actions.githubusercontent.com`. */
  readonly issuer?: string;
}

/** What the certificate of a verified attestation says. */
export interface AttestationClaims {
  readonly issuer: string;
  /** URL of the repository. */
  readonly repository: string;
  readonly repositoryId: string;
  /** URL of the workflow with the ref that it was taken from. */
  readonly workflow: string;
  readonly ref: string;
  readonly commit: string;
  /** `github-hosted` or `self-hosted`. */
  readonly runner: string;
  /** URL of the run. */
  readonly run: string;
}

/** Extensions of Fulcio's certificates (sigstore/fulcio, docs/oid-info.md); their values are UTF8String in DER. */
const arc = "1.3.6.1.4.1.57264.1";
const extensions: Readonly<Record<keyof AttestationClaims, string>> = {
  issuer: `${arc}.8`,
  workflow: `${arc}.9`,
  runner: `${arc}.11`,
  repository: `${arc}.12`,
  commit: `${arc}.13`,
  ref: `${arc}.14`,
  repositoryId: `${arc}.15`,
  run: `${arc}.21`,
};

/** An extension as the verifier gives it. */
export interface Extension {
  readonly oid?: { readonly id: readonly number[] } | undefined;
  readonly value: Uint8Array;
}

/** Reads the claims; one that is missing or there twice is empty, and no policy accepts it. */
export function readClaims(found: readonly Extension[]): AttestationClaims {
  const claims = Object.entries(extensions).map(([name, oid]) => {
    const [extension, ...others] = found.filter((each) => each.oid?.id.join(".") === oid);
    const value = extension === undefined || others.length > 0 ? "" : utf8(extension.value);
    return [name, value] as const;
  });
  return Object.fromEntries(claims) as unknown as AttestationClaims;
}

/** Why the claims do not meet the policy, or undefined if they do. */
export function claimsFault(
  claims: AttestationClaims,
  policy: AttestationPolicy,
): string | undefined {
  const {
    server = "https://github.com",
    issuer = "https://token.actions.githubusercontent.com",
    repository,
    repositoryId,
    workflow,
    ref,
    allowSelfHosted = false,
  } = policy;
  const home = `${server}/${repository}`;
  const differs = (what: string, got: string, want: string): string =>
    `${what} is ${printable(got)}, not ${printable(want)}`;
  if (claims.issuer !== issuer) return differs("its issuer", claims.issuer, issuer);
  if (claims.repository !== home) return differs("its repository", claims.repository, home);
  if (repositoryId !== undefined && claims.repositoryId !== repositoryId) {
    return differs("its repository's number", claims.repositoryId, repositoryId);
  }
  if (!refMatches(claims.ref, ref)) return differs("its ref", claims.ref, ref);
  const path = `${home}/${workflow}@`;
  if (!claims.workflow.startsWith(path)) return differs("its workflow", claims.workflow, path);
  const from = claims.workflow.slice(path.length);
  if (from !== claims.ref) return differs("the ref of its workflow", from, claims.ref);
  if (!allowSelfHosted && claims.runner !== "github-hosted") {
    return differs("its runner", claims.runner, "github-hosted");
  }
  return undefined;
}

const refMatches = (ref: string, pattern: string): boolean =>
  pattern.endsWith("*") ? ref.startsWith(pattern.slice(0, -1)) : ref === pattern;

/** A UTF8String in DER; empty for anything else. */
function utf8(der: Uint8Array): string {
  const [tag, first = 0, second = 0] = der;
  const [from, length] = first < 0x80 ? [2, first] : first === 0x81 ? [3, second] : [0, -1];
  if (tag !== 0x0c || der.length !== from + length) return "";
  return Buffer.from(der.subarray(from)).toString("utf8");
}
