import { createHash, randomBytes } from "node:crypto";

import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
} from "@aws-sdk/client-s3";

import type { WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { objectInput } from "./object-input.ts";
import type { PartPlan } from "./part-plan.ts";
import { refuseExisting } from "./put-object.ts";
import { address, attempt, nameOf, type S3Context } from "./s3-context.ts";
import { s3Code } from "./s3-error.ts";
import { createRecord, readRecord, removeRecord, type UploadRecord } from "./upload-record.ts";

/** A part that the host already has. */
export interface StoredPart {
  readonly size: number;
  /** MD5, hex, on most hosts. */
  readonly etag: string;
}

/** A multipart upload to put parts into. */
export interface OpenUpload {
  readonly id: string;
  /** Of an earlier run with the same bytes, by number. */
  readonly parts: ReadonlyMap<number, StoredPart>;
  /** Whether a record tells other runs of it. */
  readonly isRecorded: boolean;
}

/** How an upload is begun. */
export interface UploadWish {
  readonly size: number;
  readonly plan: PartPlan;
  readonly options: WriteOptions;
  /** The host completes over an existing object, so that the record must be ours before a byte is sent. */
  readonly mustClaim: boolean;
}

/** Times that a claim's holder is waited for before the caller is told of it. */
const claimTries = 60;
const claimWaitMs = 500;

/**
 * Begins a multipart upload, or goes on with one that an earlier run left behind and that is for the same bytes with the
 * same metadata. One that has been without progress for `staleUploadMs` and is for others is aborted. Throws `E_EXISTS`
 * or `E_CONFLICT` where a claim is needed and another run has it.
 */
export async function openUpload(
  context: S3Context,
  key: string,
  wish: UploadWish,
): Promise<OpenUpload> {
  const { signal, sha256 } = wish.options;
  const mine = fingerprint(context, wish);
  const wantsRecord = wish.mustClaim || sha256 !== undefined;
  for (let waits = 0; ; waits += 1) {
    const there = wantsRecord ? await readRecord(context, key, signal) : undefined;
    if (there === undefined) {
      const begun = await begin(context, key, wish, wantsRecord ? mine : undefined);
      if (begun !== undefined) return begun;
      continue;
    }
    const parts = await listParts(context, key, there.uploadId, signal);
    if (parts !== undefined && there.fingerprint === mine) {
      return { id: there.uploadId, parts: parts.byNumber, isRecorded: true };
    }
    const seenAt = Math.max(there.startedAt, parts?.lastAt ?? 0);
    const isDead =
      parts === undefined || context.driver.clock.now() - seenAt > context.tuning.staleUploadMs;
    if (isDead) {
      // Without parts the other run has just ended: what it made has to be seen before its record goes.
      if (wish.mustClaim) await refuseExisting(context, key, signal);
      await abortUpload(context, key, there.uploadId);
      continue;
    }
    if (!wish.mustClaim) return begunWithoutRecord(context, key, wish);
    await refuseExisting(context, key, signal);
    if (waits === claimTries) throw claimed(context, key, there);
    await context.driver.sleep(claimWaitMs, signal);
  }
}

/** Ends an upload and forgets its record; one that is gone already is no error. */
export async function abortUpload(
  context: S3Context,
  key: string,
  uploadId: string,
  signal?: AbortSignal,
): Promise<void> {
  const command = new AbortMultipartUploadCommand({
    ...address(context, key),
    UploadId: uploadId,
  });
  await attempt(context, key, signal, (call) =>
    context.client.send(command, call).catch((error: unknown) => {
      if (s3Code(error) !== "NoSuchUpload") throw error;
    }),
  );
  await removeRecord(context, key, uploadId);
}

/** A new upload with its record; undefined where another run's record came first. */
async function begin(
  context: S3Context,
  key: string,
  wish: UploadWish,
  mine: string | undefined,
): Promise<OpenUpload | undefined> {
  const upload = await begunWithoutRecord(context, key, wish);
  if (mine === undefined) return upload;
  const record: UploadRecord = {
    schema: 1,
    key,
    uploadId: upload.id,
    fingerprint: mine,
    startedAt: context.driver.clock.now(),
  };
  try {
    const isRecorded = await createRecord(context, record, wish.options.signal);
    if (isRecorded !== false) return { ...upload, isRecorded: isRecorded ?? false };
  } catch (error) {
    await abortUpload(context, key, upload.id).catch(() => undefined);
    throw error;
  }
  await abortUpload(context, key, upload.id);
  return undefined;
}

async function begunWithoutRecord(
  context: S3Context,
  key: string,
  { options }: UploadWish,
): Promise<OpenUpload> {
  const checksum =
    context.settings.host.checksum === "crc32"
      ? ({ ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" } as const)
      : {};
  const command = new CreateMultipartUploadCommand({
    ...address(context, key),
    ...objectInput(context, key, options, options.sha256),
    ...checksum,
  });
  const { UploadId } = await attempt(context, key, options.signal, (call) =>
    context.client.send(command, call),
  );
  if (UploadId === undefined) {
    throw new StorageError("E_NETWORK", `${nameOf(context, key)}: the host began no upload`);
  }
  return { id: UploadId, parts: new Map(), isRecorded: false };
}

/** Parts of an upload and the time of the last; undefined where there is no such upload any more. */
async function listParts(
  context: S3Context,
  key: string,
  uploadId: string,
  signal: AbortSignal | undefined,
) {
  const byNumber = new Map<number, StoredPart>();
  let lastAt = 0;
  let marker: string | undefined;
  do {
    const command: ListPartsCommand = new ListPartsCommand({
      ...address(context, key),
      UploadId: uploadId,
      ...(marker === undefined ? {} : { PartNumberMarker: marker }),
    });
    const page = await attempt(context, key, signal, (call) =>
      context.client.send(command, call).catch((error: unknown) => {
        // Ceph 16 answers for an upload that is gone as for an object that is.
        if (["NoSuchUpload", "NoSuchKey"].includes(s3Code(error))) return undefined;
        throw error;
      }),
    );
    if (page === undefined) return undefined;
    for (const { PartNumber, Size, ETag, LastModified } of page.Parts ?? []) {
      lastAt = Math.max(lastAt, LastModified?.getTime() ?? 0);
      const etag = ETag?.replaceAll('"', "") ?? "";
      byNumber.set(PartNumber ?? 0, { size: Size ?? 0, etag });
    }
    // Not the SDK's own paging: it goes on for ever with hosts that give a marker on the last page.
    marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
  } while (marker !== undefined);
  return { byNumber, lastAt };
}

/** Without a known SHA-256 no two uploads are the same. */
function fingerprint({ settings }: S3Context, { size, plan, options }: UploadWish): string {
  const { sha256, contentType, cacheControl, metadata } = options;
  const facts = [
    sha256 ?? randomBytes(16).toString("hex"),
    size,
    plan.partBytes,
    contentType ?? "",
    cacheControl ?? "",
    Object.entries(metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
    settings.storageClass ?? "",
    settings.host.checksum,
  ];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

function claimed(context: S3Context, key: string, { startedAt }: UploadRecord): StorageError {
  const since = new Date(startedAt).toISOString();
  return new StorageError(
    "E_CONFLICT",
    `${nameOf(context, key)}: other bytes are being uploaded there since ${since}; wait for that run or abort its upload`,
  );
}
