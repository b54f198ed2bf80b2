import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

import type { WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { digestEntry } from "./object-stat.ts";
import { nameOf, type S3Context } from "./s3-context.ts";

/** Fields of a request that describe the object beside its bytes. */
export interface ObjectInput {
  ContentType?: string;
  CacheControl?: string;
  StorageClass?: "STANDARD";
  Metadata: Record<string, string>;
}

/** What is stored beside the bytes; the digest travels as metadata `sha256`. Throws `E_USAGE` for what no header holds. */
export function objectInput(
  context: S3Context,
  key: string,
  { contentType, cacheControl, metadata }: WriteOptions,
  sha256: string | undefined,
): ObjectInput {
  const { storageClass } = context.settings;
  const entries: Record<string, string> = { ...metadata };
  if (sha256 !== undefined) entries[digestEntry] = sha256;
  const values = [contentType, cacheControl, ...Object.keys(entries), ...Object.values(entries)];
  if (values.some((value) => value !== undefined && !/^[\x20-\x7e]*$/.test(value))) {
    throw new StorageError(
      "E_USAGE",
      `${nameOf(context, key)}: metadata on S3 is printable ASCII; encode other characters`,
    );
  }
  return {
    ...(contentType === undefined ? {} : { ContentType: contentType }),
    ...(cacheControl === undefined ? {} : { CacheControl: cacheControl }),
    // The SDK's list of classes is Amazon's; other hosts have their own.
    ...(storageClass === undefined ? {} : { StorageClass: storageClass as "STANDARD" }),
    Metadata: entries,
  };
}

/** Digests of bytes on their way: SHA-256 for us, and what the host compares with what arrived. */
export interface TransportDigest {
  update(bytes: Uint8Array): void;
  /** MD5, hex; the ETag of the part on most hosts. */
  md5(): string | undefined;
  /** Fields for PutObject or UploadPart. */
  input(): { ContentMD5: string } | { ChecksumAlgorithm: "CRC32"; ChecksumCRC32: string };
}

/** `withMd5`: needed besides, to compare with parts that the host already has. */
export function transportDigest(checksum: "crc32" | "md5", withMd5: boolean): TransportDigest {
  const md5 = checksum === "md5" || withMd5 ? createHash("md5") : undefined;
  let crc = 0;
  let hex: string | undefined;
  const md5Hex = (): string | undefined => (hex ??= md5?.digest("hex"));
  return {
    update(bytes) {
      md5?.update(bytes);
      if (checksum === "crc32") crc = crc32(bytes, crc);
    },
    md5: md5Hex,
    input: () =>
      checksum === "crc32"
        ? { ChecksumAlgorithm: "CRC32", ChecksumCRC32: crc32Base64(crc) }
        : { ContentMD5: Buffer.from(md5Hex() ?? "", "hex").toString("base64") },
  };
}

/** A digest that was taken before. */
export function knownDigest(md5: string): TransportDigest {
  return {
    update: () => undefined,
    md5: () => md5,
    input: () => ({ ContentMD5: Buffer.from(md5, "hex").toString("base64") }),
  };
}

/** Four bytes, big-endian, in base64: the form of `x-amz-checksum-crc32`. */
export function crc32Base64(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString("base64");
}
