import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { S3Failure } from "./s3-failure.ts";
import type { S3Request } from "./s3-request.ts";

/** Longest difference between a request's clock and the server's. */
const maxSkewMs = 15 * 60 * 1000;
/** Longest life of a presigned URL, in seconds: seven days. */
const maxExpires = 604_800;
const unsigned = "UNSIGNED-PAYLOAD";

interface Claim {
  readonly accessKey: string;
  readonly scope: string;
  readonly date: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payloadHash: string;
}

/**
 * Checks AWS Signature Version 4, in the `Authorization` header or in the query of a presigned URL, and that the body
 * has the digest that was signed. Gives the access key, or undefined for a request without any signature.
 *
 * Format: "Authenticating Requests (AWS Signature Version 4)" of the Amazon S3 API reference.
 *
 * @throws S3Failure as a real server answers: `InvalidAccessKeyId`, `SignatureDoesNotMatch`, `RequestTimeTooSkewed`, …
 */
export function authenticate(
  request: S3Request,
  secretOf: (accessKey: string) => string | undefined,
  nowMs: number,
): string | undefined {
  const presigned = request.query.has("X-Amz-Signature");
  if (!presigned && !request.headers["authorization"]) return undefined;
  const claim = presigned ? fromQuery(request, nowMs) : fromHeader(request, nowMs);
  const secret = secretOf(claim.accessKey);
  if (secret === undefined) throw new S3Failure("InvalidAccessKeyId");
  const expected = sign(request, claim, secret);
  const given = Buffer.from(claim.signature, "hex");
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new S3Failure("SignatureDoesNotMatch");
  checkPayload(request, claim.payloadHash);
  return claim.accessKey;
}

function fromHeader(request: S3Request, nowMs: number): Claim {
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$/.exec(
      request.headers["authorization"] ?? "",
    );
  if (!found) throw new S3Failure("AuthorizationHeaderMalformed");
  const [, credential = "", names = "", signature = ""] = found;
  const date = request.headers["x-amz-date"] ?? "";
  if (Math.abs(timeOf(date) - nowMs) > maxSkewMs) throw new S3Failure("RequestTimeTooSkewed");
  const payloadHash = request.headers["x-amz-content-sha256"] ?? "";
  return {
    ...credentialOf(credential),
    date,
    signedHeaders: names.split(";"),
    signature,
    payloadHash,
  };
}

function fromQuery(request: S3Request, nowMs: number): Claim {
  const { query } = request;
  const date = query.get("X-Amz-Date") ?? "";
  const expires = Number(query.get("X-Amz-Expires"));
  if (!(expires > 0 && expires <= maxExpires)) throw new S3Failure("AccessDenied");
  if (nowMs > timeOf(date) + expires * 1000) throw new S3Failure("AccessDenied", "expired");
  return {
    ...credentialOf(query.get("X-Amz-Credential") ?? ""),
    date,
    signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
    signature: query.get("X-Amz-Signature") ?? "",
    // A query does not name the digest; a signed header may.
    payloadHash: request.headers["x-amz-content-sha256"] ?? unsigned,
  };
}

function credentialOf(credential: string): { accessKey: string; scope: string } {
  const [accessKey = "", ...scope] = credential.split("/");
  return { accessKey, scope: scope.join("/") };
}

/** Time of `20261121T100000Z`, in ms. */
function timeOf(date: string): number {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const time = Date.parse(iso);
  if (Number.isNaN(time)) throw new S3Failure("AccessDenied", "no date");
  return time;
}

function sign(request: S3Request, claim: Claim, secret: string): Buffer {
  // Every x-amz- header that is sent must be signed, else it could be added on the way.
  const names = claim.signedHeaders;
  const stray = Object.keys(request.headers).find(
    (name) => name.startsWith("x-amz-") && !names.includes(name),
  );
  if (!names.includes("host") || stray) throw new S3Failure("AccessDenied", "unsigned headers");
  const canonical = [
    request.method,
    request.rawPath
      .split("/")
      .map((segment) => encode(decodeURIComponent(segment)))
      .join("/"),
    canonicalQuery(request.query),
    ...names.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    claim.payloadHash,
  ].join("\n");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const text = ["AWS4-HMAC-SHA256", claim.date, claim.scope, digest].join("\n");
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of claim.scope.split("/")) key = hmac(key, part);
  return hmac(key, text);
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** RFC 3986, all but the unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function checkPayload(request: S3Request, payloadHash: string): void {
  if (payloadHash === unsigned) return;
  if (payloadHash.startsWith("STREAMING-")) throw new S3Failure("NotImplemented", payloadHash);
  const actual = createHash("sha256").update(request.body).digest("hex");
  if (actual !== payloadHash) throw new S3Failure("XAmzContentSHA256Mismatch");
}
