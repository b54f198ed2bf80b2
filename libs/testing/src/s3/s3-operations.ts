import { S3Failure } from "./s3-failure.ts";
import { listObjects } from "./s3-listing.ts";
import { documentOf, performDocument } from "./s3-documents.ts";
import { newBucket, type S3Bucket, type S3Object, type S3Powers } from "./s3-model.ts";
import {
  abortUpload,
  completeUpload,
  createUpload,
  listParts,
  listUploads,
  uploadPart,
  uploadPartCopy,
} from "./s3-multipart.ts";
import { copyObject, getObject, putObject, type S3Answer } from "./s3-objects.ts";
import type { S3Request } from "./s3-request.ts";

/** What a request is carried out with. */
export interface S3Setting {
  readonly powers: S3Powers;
  readonly minPartBytes: number;
  readonly now: Date;
}

/** Carries out a request that is allowed. Nothing in here waits: every request is atomic. */
export function performS3(
  buckets: Map<string, S3Bucket>,
  request: S3Request,
  { powers, minPartBytes, now }: S3Setting,
): S3Answer {
  if (request.operation === "CreateBucket") return createBucket(buckets, request.bucket);
  const bucket = buckets.get(request.bucket);
  if (!bucket) throw new S3Failure("NoSuchBucket");
  const document = documentOf(request);
  if (document !== undefined) return performDocument(bucket, request, document);
  switch (request.operation) {
    case "HeadBucket":
      return { status: 200 };
    case "ListObjectsV2":
      return listObjects(bucket, request);
    case "HeadObject":
    case "GetObject":
      return getObject(bucket, request);
    case "PutObject":
      return putObject(bucket, request, powers, now);
    case "CopyObject":
      return copyObject(copySource(buckets, request), bucket, request, powers, now);
    case "DeleteObject":
      bucket.objects.delete(request.key);
      return { status: 204 };
    case "CreateMultipartUpload":
      return createUpload(bucket, request, now);
    case "UploadPart":
      return uploadPart(bucket, request, powers, now);
    case "UploadPartCopy":
      return uploadPartCopy(copySource(buckets, request), bucket, request, now);
    case "CompleteMultipartUpload":
      return completeUpload(bucket, request, powers, minPartBytes, now);
    case "AbortMultipartUpload":
      return abortUpload(bucket, request);
    case "ListParts":
      return listParts(bucket, request, powers);
    case "ListMultipartUploads":
      return listUploads(bucket, request);
    default:
      throw new S3Failure("NotImplemented", request.operation);
  }
}

function createBucket(buckets: Map<string, S3Bucket>, name: string): S3Answer {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) throw new S3Failure("InvalidArgument");
  if (!buckets.has(name)) buckets.set(name, newBucket(name));
  return { status: 200 };
}

function copySource(buckets: Map<string, S3Bucket>, request: S3Request): S3Object {
  const source = decodeURIComponent(request.headers["x-amz-copy-source"] ?? "").replace(/^\//, "");
  const [name = "", ...key] = source.split("/");
  const bucket = buckets.get(name);
  if (!bucket) throw new S3Failure("NoSuchBucket");
  const object = bucket.objects.get(key.join("/"));
  if (!object) throw new S3Failure("NoSuchKey");
  const match = request.headers["x-amz-copy-source-if-match"];
  if (match !== undefined && match.replaceAll('"', "") !== object.etag)
    throw new S3Failure("PreconditionFailed");
  return object;
}
