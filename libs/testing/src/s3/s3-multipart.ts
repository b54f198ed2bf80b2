import { randomBytes } from "node:crypto";
import { S3Failure } from "./s3-failure.ts";
import { md5, type S3Bucket, type S3Object, type S3Powers, type S3Upload } from "./s3-model.ts";
import {
  checkBody,
  checkCondition,
  crc32Base64,
  describe,
  readRange,
  type S3Answer,
} from "./s3-objects.ts";
import type { S3Request } from "./s3-request.ts";
import { readCompletedParts, xmlDocument } from "./s3-xml.ts";

export function createUpload(bucket: S3Bucket, request: S3Request, now: Date): S3Answer {
  const id = randomBytes(12).toString("hex");
  bucket.uploads.set(id, {
    id,
    key: request.key,
    startedAt: now,
    ...describe(request),
    parts: new Map(),
  });
  const result = { Bucket: bucket.name, Key: request.key, UploadId: id };
  return { status: 200, body: xmlDocument("InitiateMultipartUploadResult", result) };
}

export function uploadPart(
  bucket: S3Bucket,
  request: S3Request,
  powers: S3Powers,
  now: Date,
): S3Answer {
  const upload = findUpload(bucket, request);
  checkBody(request, powers);
  const etag = md5(request.body);
  upload.parts.set(partNumber(request), { bytes: request.body, etag, modifiedAt: now });
  return { status: 200, headers: { etag: `"${etag}"` } };
}

export function uploadPartCopy(
  from: S3Object,
  bucket: S3Bucket,
  request: S3Request,
  now: Date,
): S3Answer {
  const upload = findUpload(bucket, request);
  const range = readRange(request.headers["x-amz-copy-source-range"], from.bytes.length);
  const bytes = range ? from.bytes.subarray(...range) : from.bytes;
  const etag = md5(bytes);
  upload.parts.set(partNumber(request), { bytes, etag, modifiedAt: now });
  const result = { ETag: `"${etag}"`, LastModified: now.toISOString() };
  return { status: 200, body: xmlDocument("CopyPartResult", result) };
}

/** Real servers answer a repeated completion like the first, so does this one. */
export function completeUpload(
  bucket: S3Bucket,
  request: S3Request,
  powers: S3Powers,
  minPartBytes: number,
  now: Date,
): S3Answer {
  const id = request.query.get("uploadId") ?? "";
  const done = bucket.objects.get(request.key);
  const isAssumed = powers.goneUpload === "assumed completed" && !bucket.uploads.has(id);
  if (done && (isAssumed || done.uploadId === id)) return completed(bucket, request, done.etag);
  const upload = findUpload(bucket, request);
  const bytes = joinParts(upload, request, minPartBytes);
  const crc = request.headers["x-amz-checksum-crc32"];
  if (powers.checksums && crc !== undefined && crc !== crc32Base64(bytes))
    throw new S3Failure("BadDigest");
  checkCondition(bucket, request, {
    none: powers.createOnlyMultipart,
    match: powers.createOnlyMultipart ? powers.swap : "ignored",
  });
  const etags = readCompletedParts(request.body).map(({ etag }) => Buffer.from(etag, "hex"));
  const etag = `${md5(Buffer.concat(etags))}-${etags.length}`;
  const { metadata, headers } = upload;
  bucket.objects.set(request.key, {
    bytes,
    etag,
    modifiedAt: now,
    metadata,
    headers,
    uploadId: upload.id,
  });
  bucket.uploads.delete(upload.id);
  return completed(bucket, request, etag);
}

export function abortUpload(bucket: S3Bucket, request: S3Request): S3Answer {
  bucket.uploads.delete(findUpload(bucket, request).id);
  return { status: 204 };
}

export function listParts(bucket: S3Bucket, request: S3Request, powers: S3Powers): S3Answer {
  const isThere = bucket.uploads.has(request.query.get("uploadId") ?? "");
  if (!isThere && powers.goneUpload === "assumed completed") throw new S3Failure("NoSuchKey");
  const upload = findUpload(bucket, request);
  const after = Number(request.query.get("part-number-marker") ?? 0);
  const max = Number(request.query.get("max-parts") ?? 1000);
  const left = [...upload.parts].sort(([a], [b]) => a - b).filter(([number]) => number > after);
  const page = left.slice(0, max);
  // Given on the last page too, as Ceph does: only IsTruncated tells whether there is more.
  const last = page.at(-1)?.[0] ?? 0;
  return {
    status: 200,
    body: xmlDocument("ListPartsResult", {
      Bucket: bucket.name,
      Key: upload.key,
      UploadId: upload.id,
      IsTruncated: left.length > page.length,
      NextPartNumberMarker: last,
      Part: page.map(([number, part]) => ({
        PartNumber: number,
        LastModified: part.modifiedAt.toISOString(),
        ETag: `"${part.etag}"`,
        Size: part.bytes.length,
      })),
    }),
  };
}

export function listUploads(bucket: S3Bucket, request: S3Request): S3Answer {
  const prefix = request.query.get("prefix") ?? "";
  const marker = [
    request.query.get("key-marker") ?? "",
    request.query.get("upload-id-marker") ?? "",
  ];
  const max = Number(request.query.get("max-uploads") ?? 1000);
  const place = ({ key, id }: S3Upload): string => `${key}\u0000${id}`;
  const left = [...bucket.uploads.values()]
    .filter((upload) => upload.key.startsWith(prefix))
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .filter((upload) => marker[0] === "" || place(upload) > marker.join("\u0000"));
  const page = left.slice(0, max);
  const truncated = left.length > page.length;
  return {
    status: 200,
    body: xmlDocument("ListMultipartUploadsResult", {
      Bucket: bucket.name,
      IsTruncated: truncated,
      NextKeyMarker: truncated ? page.at(-1)?.key : undefined,
      NextUploadIdMarker: truncated ? page.at(-1)?.id : undefined,
      Upload: page.map((upload) => ({
        Key: upload.key,
        UploadId: upload.id,
        Initiated: upload.startedAt.toISOString(),
      })),
    }),
  };
}

function findUpload(bucket: S3Bucket, request: S3Request): S3Upload {
  const upload = bucket.uploads.get(request.query.get("uploadId") ?? "");
  if (upload?.key !== request.key) throw new S3Failure("NoSuchUpload");
  return upload;
}

function partNumber(request: S3Request): number {
  const number = Number(request.query.get("partNumber"));
  if (!(number >= 1 && number <= 10_000)) throw new S3Failure("InvalidArgument");
  return number;
}

function joinParts(upload: S3Upload, request: S3Request, minPartBytes: number): Buffer {
  const named = readCompletedParts(request.body);
  const parts = named.map(({ number, etag }, i) => {
    const part = upload.parts.get(number);
    if (part?.etag !== etag) throw new S3Failure("InvalidPart");
    if (i > 0 && number <= (named[i - 1]?.number ?? 0)) throw new S3Failure("InvalidPartOrder");
    if (i < named.length - 1 && part.bytes.length < minPartBytes)
      throw new S3Failure("EntityTooSmall");
    return part.bytes;
  });
  return Buffer.concat(parts);
}

function completed(bucket: S3Bucket, request: S3Request, etag: string): S3Answer {
  const result = { Bucket: bucket.name, Key: request.key, ETag: `"${etag}"` };
  return { status: 200, body: xmlDocument("CompleteMultipartUploadResult", result) };
}
