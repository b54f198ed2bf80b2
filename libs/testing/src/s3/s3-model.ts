import { createHash } from "node:crypto";

/** An object as it is stored. */
export interface S3Object {
  readonly bytes: Buffer;
  /** Without quotes. */
  readonly etag: string;
  readonly modifiedAt: Date;
  /** User metadata, names without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** `content-type`, `cache-control` and `x-amz-storage-class` as they were sent. */
  readonly headers: Readonly<Record<string, string>>;
  /** The multipart upload that made it. */
  readonly uploadId?: string;
}

/** One part of an upload that is under way. */
export interface S3Part {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modifiedAt: Date;
}

/** A multipart upload that was neither completed nor aborted. */
export interface S3Upload {
  readonly id: string;
  readonly key: string;
  readonly startedAt: Date;
  readonly metadata: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Map<number, S3Part>;
}

export interface S3Bucket {
  readonly name: string;
  /** Objects may be read without a signature. */
  readonly publicRead: boolean;
  readonly objects: Map<string, S3Object>;
  readonly uploads: Map<string, S3Upload>;
  /** Documents about the bucket as they were put: `lifecycle`, `cors`, `policy`, … */
  readonly documents: Map<string, string>;
}

export function newBucket(name: string, publicRead = false): S3Bucket {
  return { name, publicRead, objects: new Map(), uploads: new Map(), documents: new Map() };
}

/** What hosts differ in. */
export interface S3Powers {
  /** `If-None-Match: *` on PutObject. */
  readonly createOnly: boolean;
  /** `If-None-Match: *` on CompleteMultipartUpload and CopyObject; ignored where false. */
  readonly createOnlyMultipart: boolean;
  /** `If-Match` on PutObject: ETags compared with their quotes, without, or ignored. */
  readonly swap: "quoted" | "bare" | "ignored";
  /**
   * How an upload that is gone is answered: with NoSuchUpload, or as Ceph 16 does, ListParts with NoSuchKey and
   * CompleteMultipartUpload with success wherever an object of that key exists.
   */
  readonly goneUpload: "refused" | "assumed completed";
  /** `x-amz-checksum-*` headers are compared with the body; ignored where false. */
  readonly checksums: boolean;
}

/** Amazon's own, and Ceph from version 20. */
export const fullPowers: S3Powers = {
  createOnly: true,
  createOnlyMultipart: true,
  swap: "quoted",
  goneUpload: "refused",
  checksums: true,
};

/** Ceph 16, as it answered: it compares a bare ETag and completes over an existing object. */
export const ceph16Powers: S3Powers = {
  createOnly: true,
  createOnlyMultipart: false,
  swap: "bare",
  goneUpload: "assumed completed",
  checksums: false,
};

/** A host that knows no conditional writes at all. */
export const noPowers: S3Powers = {
  createOnly: false,
  createOnlyMultipart: false,
  swap: "ignored",
  goneUpload: "refused",
  checksums: false,
};

export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
