import { StorageError, type StorageErrorCode } from "../../error.ts";
import { escapeText } from "../../escape-text.ts";

/** What the SDK throws, as far as it is looked at. Its `message` is often "UnknownError". */
export interface S3Fault {
  readonly name: string;
  /** S3's own code, from the XML; absent in the answer to a HEAD. */
  readonly Code?: string;
  /** Of a system call that failed. */
  readonly code?: string;
  readonly message: string;
  /** The bucket's region, where the request was signed for another. */
  readonly Region?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

type Advice = readonly [StorageErrorCode, string];

const denied: Advice = [
  "E_AUTH",
  "access denied: the key lacks the right for this; one without s3:ListBucket gets this answer for an absent object too",
];
const expired: Advice = ["E_AUTH", "the credentials have expired: renew them and run again"];
const changed: Advice = [
  "E_DIGEST",
  "the host received other bytes than were sent; nothing was stored, run again",
];
const slow: Advice = ["E_LIMIT", "the host asks to slow down: wait a while and run again"];

const advice: Readonly<Record<string, Advice>> = {
  AccessDenied: denied,
  AllAccessDisabled: denied,
  AccountProblem: denied,
  InvalidAccessKeyId: [
    "E_AUTH",
    "the host does not know this access key: check S3_ACCESS_KEY (or AWS_ACCESS_KEY_ID) and the endpoint",
  ],
  SignatureDoesNotMatch: [
    "E_AUTH",
    "the secret key does not fit the access key: check S3_SECRET_KEY (or AWS_SECRET_ACCESS_KEY)",
  ],
  RequestTimeTooSkewed: [
    "E_AUTH",
    "the clocks of this machine and of the host differ by more than 15 minutes: set this machine's clock",
  ],
  ExpiredToken: expired,
  ExpiredTokenException: expired,
  TokenRefreshRequired: expired,
  InvalidToken: expired,
  CredentialsProviderError: [
    "E_AUTH",
    "no credentials: set S3_ACCESS_KEY and S3_SECRET_KEY, or AWS_PROFILE or AWS_ACCESS_KEY_ID and its secret",
  ],
  NoSuchBucket: ["E_NOT_FOUND", "there is no such bucket: check its name, region and endpoint"],
  NoSuchKey: ["E_NOT_FOUND", "no such object"],
  NotFound: ["E_NOT_FOUND", "no such object"],
  NoSuchUpload: ["E_CONFLICT", "this upload was completed or aborted by another run: run again"],
  InvalidRange: ["E_RANGE", "the range lies beyond the object's end"],
  PreconditionFailed: ["E_CONFLICT", "the object is another than expected"],
  ConditionalRequestConflict: ["E_CONFLICT", "another write went on at the same time: run again"],
  OperationAborted: ["E_CONFLICT", "another request went on at the same time: run again"],
  BadDigest: changed,
  InvalidDigest: changed,
  XAmzContentSHA256Mismatch: changed,
  XAmzContentChecksumMismatch: changed,
  EntityTooLarge: ["E_SIZE", "larger than the host takes"],
  InvalidBucketName: ["E_USAGE", "the host refuses this bucket name"],
  SlowDown: slow,
  TooManyRequests: slow,
  QuotaExceeded: ["E_LIMIT", "the quota is used up: make room or ask for more"],
  TimeoutError: ["E_TIMEOUT", "the host went silent: check the network and run again"],
};

/** The SDK's failure in this room's words. `what` names the object or bucket, `s3://bucket/key`. */
export function s3Error(error: unknown, what: string): StorageError {
  if (error instanceof StorageError) return error;
  const fault = error as S3Fault;
  const name = s3Code(fault);
  const status = fault.$metadata?.httpStatusCode;
  const make = ([code, text]: Advice): StorageError =>
    new StorageError(code, `${what}: ${text}`, { cause: error });
  const region = fault.Region === undefined ? "" : ` (${escapeText(fault.Region)})`;
  if (["PermanentRedirect", "AuthorizationHeaderMalformed"].includes(name)) {
    return make(["E_USAGE", `the bucket lies in another region${region}: give it as region=`]);
  }
  if (fault.message?.includes("Region is missing")) {
    return make(["E_USAGE", "no region: give it as ?region= or in S3_REGION"]);
  }
  const known = Object.hasOwn(advice, name) ? advice[name] : undefined;
  if (known !== undefined) return make(known);
  if (status === undefined) return make(["E_NETWORK", `${network(fault)}: check the endpoint`]);
  return make(byStatus(status, escapeText(name)));
}

/** S3's code of a failure, else the SDK's name for it. */
export function s3Code(error: unknown): string {
  const fault = error as S3Fault;
  return fault.Code ?? fault.name ?? "";
}

/** HTTP status of a failure, where an answer came. */
export function s3Status(error: unknown): number | undefined {
  return (error as S3Fault).$metadata?.httpStatusCode;
}

/** Whether a condition of the request did not hold. */
export function isPreconditionFailed(error: unknown): boolean {
  return s3Status(error) === 412 || s3Code(error) === "PreconditionFailed";
}

/** Whether an earlier try of the same request may have been carried out without its answer arriving. */
export function wasRetried(error: unknown): boolean {
  return ((error as S3Fault).$metadata?.attempts ?? 1) > 1;
}

function byStatus(status: number, name: string): Advice {
  if (status === 403 || status === 401) return denied;
  if (status === 404) return ["E_NOT_FOUND", "no such object"];
  if (status === 412) return ["E_CONFLICT", "the object is another than expected"];
  if (status === 416) return ["E_RANGE", "the range lies beyond the object's end"];
  if (status === 429) return slow;
  if (status >= 500 && status !== 501) {
    return ["E_NETWORK", `the host failed (${status} ${name}): run again later`];
  }
  return ["E_USAGE", `the host refuses the request (${status} ${name})`];
}

function network(fault: S3Fault): string {
  return escapeText(fault.code ?? fault.message ?? fault.name);
}
