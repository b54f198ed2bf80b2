import { crc32 } from "node:zlib";
import { createHash } from "node:crypto";
import { S3Failure } from "./s3-failure.ts";
import { md5, type S3Bucket, type S3Object, type S3Powers } from "./s3-model.ts";
import type { S3Request } from "./s3-request.ts";
import { xmlDocument } from "./s3-xml.ts";

/** An answer before it goes out. */
export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export function putObject(
  bucket: S3Bucket,
  request: S3Request,
  powers: S3Powers,
  now: Date,
): S3Answer {
  checkBody(request, powers);
  checkCondition(bucket, request, {
    none: powers.createOnly,
    match: powers.swap,
  });
  const etag = md5(request.body);
  bucket.objects.set(request.key, {
    bytes: request.body,
    etag,
    modifiedAt: now,
    ...describe(request),
  });
  return { status: 200, headers: { etag: `"${etag}"` } };
}

export function getObject(bucket: S3Bucket, request: S3Request): S3Answer {
  const object = bucket.objects.get(request.key);
  if (!object) throw new S3Failure("NoSuchKey");
  const match = request.headers["if-match"];
  if (match !== undefined && match.replaceAll('"', "") !== object.etag)
    throw new S3Failure("PreconditionFailed");
  const none = request.headers["if-none-match"];
  if (none !== undefined && none.replaceAll('"', "") === object.etag)
    throw new S3Failure("NotModified");
  const headers: Record<string, string> = {
    "accept-ranges": "bytes",
    etag: `"${object.etag}"`,
    "last-modified": object.modifiedAt.toUTCString(),
    "content-type": "binary/octet-stream",
    ...object.headers,
  };
  for (const [name, value] of Object.entries(object.metadata))
    headers[`x-amz-meta-${name}`] = value;
  const range = readRange(request.headers["range"], object.bytes.length);
  if (!range) return { status: 200, headers, body: object.bytes };
  const [start, end] = range;
  headers["content-range"] = `bytes ${start}-${end - 1}/${object.bytes.length}`;
  return { status: 206, headers, body: object.bytes.subarray(start, end) };
}

export function copyObject(
  from: S3Object,
  bucket: S3Bucket,
  request: S3Request,
  powers: S3Powers,
  now: Date,
): S3Answer {
  checkCondition(bucket, request, { none: powers.createOnlyMultipart, match: "ignored" });
  const replaced =
    request.headers["x-amz-metadata-directive"] === "REPLACE" ? describe(request) : from;
  const { metadata, headers } = replaced;
  const etag = md5(from.bytes);
  bucket.objects.set(request.key, { bytes: from.bytes, etag, modifiedAt: now, metadata, headers });
  const result = { ETag: `"${etag}"`, LastModified: now.toISOString() };
  return { status: 200, body: xmlDocument("CopyObjectResult", result) };
}

/** First byte and the byte after the last, of a `Range` header; undefined without one. */
export function readRange(header: string | undefined, size: number): [number, number] | undefined {
  const found = /^bytes=(\d+)-(\d*)$/.exec(header ?? "");
  if (!found) return undefined;
  const start = Number(found[1]);
  const end = Math.min(found[2] ? Number(found[2]) + 1 : size, size);
  if (start >= end) throw new S3Failure("InvalidRange");
  return [start, end];
}

/** What a request says of the object beside its bytes. */
export function describe(request: S3Request): Pick<S3Object, "metadata" | "headers"> {
  const metadata: Record<string, string> = {};
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith("x-amz-meta-")) metadata[name.slice("x-amz-meta-".length)] = value;
    if (["content-type", "cache-control", "x-amz-storage-class"].includes(name))
      headers[name] = value;
  }
  return { metadata, headers };
}

/** Digests that the request states of its body. */
export function checkBody(request: S3Request, powers: S3Powers): void {
  const { headers, body } = request;
  const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
  const stated = headers["content-md5"];
  if (stated !== undefined && stated !== base64(md5(body))) throw new S3Failure("BadDigest");
  if (!powers.checksums) return;
  const sha256 = headers["x-amz-checksum-sha256"];
  if (sha256 !== undefined && sha256 !== createHash("sha256").update(body).digest("base64"))
    throw new S3Failure("BadDigest");
  const crc = headers["x-amz-checksum-crc32"];
  if (crc !== undefined && crc !== crc32Base64(body)) throw new S3Failure("BadDigest");
}

/** CRC-32, four bytes big-endian in base64, as `x-amz-checksum-crc32` has it. */
export function crc32Base64(body: Uint8Array): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString("base64");
}

/** `If-None-Match: *` and `If-Match` of a write, as far as the host knows them. */
export function checkCondition(
  bucket: S3Bucket,
  request: S3Request,
  knows: { readonly none: boolean; readonly match: S3Powers["swap"] },
): void {
  const present = bucket.objects.get(request.key);
  if (knows.none && request.headers["if-none-match"] === "*" && present)
    throw new S3Failure("PreconditionFailed");
  const match = request.headers["if-match"];
  if (match === undefined || knows.match === "ignored") return;
  const etag = knows.match === "quoted" ? `"${present?.etag}"` : present?.etag;
  if (!present || match !== etag) throw new S3Failure("PreconditionFailed");
}
