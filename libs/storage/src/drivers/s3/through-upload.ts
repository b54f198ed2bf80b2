import { createHash } from "node:crypto";

import { CompleteMultipartUploadCommand, type CompletedPart } from "@aws-sdk/client-s3";

import type { ObjectStat } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { quoted } from "./object-stat.ts";
import { abortUpload, openUpload, type OpenUpload, type UploadWish } from "./open-upload.ts";
import { exists, refuseExisting } from "./put-object.ts";
import { statObject } from "./read-object.ts";
import { address, attempt, nameOf, type S3Context } from "./s3-context.ts";
import { isPreconditionFailed, s3Code, s3Error, wasRetried } from "./s3-error.ts";
import { unfinishedUploads } from "./unfinished-uploads.ts";
import { readRecord, removeRecord } from "./upload-record.ts";

/** Parts that have arrived, for the request that completes an upload. */
export interface SentParts {
  /** In the order of their numbers. */
  readonly parts: readonly CompletedPart[];
  /** Checksum of the whole, where the host compares it. */
  readonly whole?: { readonly ChecksumCRC32: string; readonly ChecksumType: "FULL_OBJECT" };
}

/** Runs of one write when another run ends its upload in the middle. */
const runs = 3;

/**
 * Makes an object by a multipart upload whose parts `send` puts there. A failure aborts the upload; what a killed process
 * left behind is gone on with by the next write of the same bytes. Nothing is visible before `send` is through and, with
 * `onlyIfAbsent`, the key is still free.
 */
export async function throughUpload(
  context: S3Context,
  key: string,
  wish: Omit<UploadWish, "mustClaim">,
  send: (upload: OpenUpload) => Promise<SentParts>,
): Promise<ObjectStat> {
  for (let run = 1; ; run += 1) {
    try {
      return await once(context, key, wish, send);
    } catch (error) {
      // Two runs with the same bytes share an upload: where the other one ended it, what is there decides.
      if (!isGone(error) || run === runs) throw error;
    }
  }
}

async function once(
  context: S3Context,
  key: string,
  wish: Omit<UploadWish, "mustClaim">,
  send: (upload: OpenUpload) => Promise<SentParts>,
): Promise<ObjectStat> {
  const { signal, onlyIfAbsent = false } = wish.options;
  if (onlyIfAbsent) await refuseOverwriting(context, key, signal);
  const isAtomic =
    onlyIfAbsent && (await attempt(context, key, signal, () => context.powers.completeOnly()));
  const mustClaim = onlyIfAbsent && !isAtomic;
  const upload = await openUpload(context, key, { ...wish, mustClaim });
  try {
    const sent = await send(upload);
    if (mustClaim) await checkClaim(context, key, upload, signal);
    const stat = await complete(context, key, wish, upload, sent, isAtomic);
    await Promise.allSettled([
      upload.isRecorded ? removeRecord(context, key, upload.id) : undefined,
      onlyIfAbsent ? abortOthers(context, key, upload.id, signal) : undefined,
    ]);
    return stat;
  } catch (error) {
    // Best effort: without a network it stays, and the next run goes on with it.
    await abortUpload(context, key, upload.id).catch(() => undefined);
    throw error;
  }
}

/**
 * Ends what else is under way for a key that is taken now, and cannot come to anything: a run that was killed between
 * beginning an upload and recording it leaves one that nobody knows of. Best effort: a key may not be allowed to list.
 */
async function abortOthers(
  context: S3Context,
  key: string,
  own: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const call = signal === undefined ? {} : { signal };
  for await (const other of unfinishedUploads(context, key, call)) {
    if (other.key === key && other.id !== own) await abortUpload(context, key, other.id, signal);
  }
}

/** Throws `E_EXISTS` before a byte is sent, and ends what a run left behind that cannot win any more. */
async function refuseOverwriting(
  context: S3Context,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await refuseExisting(context, key, signal).catch(async (error: unknown) => {
    if (!(error instanceof StorageError) || error.code !== "E_EXISTS") throw error;
    const left = await readRecord(context, key, signal).catch(() => undefined);
    if (left !== undefined) await abortUpload(context, key, left.uploadId).catch(() => undefined);
    throw error;
  });
}

/** For hosts that complete over an existing object: the claim is still ours, and nobody else was faster. */
async function checkClaim(
  context: S3Context,
  key: string,
  upload: OpenUpload,
  signal: AbortSignal | undefined,
): Promise<void> {
  await refuseExisting(context, key, signal);
  if (!upload.isRecorded) return;
  const record = await readRecord(context, key, signal);
  if (record?.uploadId === upload.id) return;
  throw new StorageError(
    "E_CONFLICT",
    `${nameOf(context, key)}: another run took this upload for dead and replaced it; run again`,
  );
}

/** Makes the object of its parts, and gives what the host then says that it holds. */
async function complete(
  context: S3Context,
  key: string,
  { size, options: { signal, sha256 } }: Omit<UploadWish, "mustClaim">,
  upload: OpenUpload,
  { parts, whole }: SentParts,
  isAtomic: boolean,
): Promise<ObjectStat> {
  const command = new CompleteMultipartUploadCommand({
    ...address(context, key),
    UploadId: upload.id,
    MultipartUpload: { Parts: [...parts] },
    ...whole,
    ...(isAtomic ? { IfNoneMatch: "*" } : {}),
  });
  return attempt(context, key, signal, async (call) => {
    let failure: unknown;
    const reply = await context.client.send(command, call).catch((error: unknown) => {
      const isLost = isPreconditionFailed(error);
      failure = isLost ? exists(context, key) : error;
      // The first try may have done it and only its answer been lost: then what is there decides.
      if (!wasRetried(error) || !(isLost || s3Code(error) === "NoSuchUpload")) throw failure;
    });
    const stat = await statObject(context, key, signal === undefined ? {} : { signal });
    // Ceph 16 says yes to an upload that is gone, with the ETag of the object that somebody else put there. Other hosts'
    // answers are needed: where objects are encrypted, an ETag is no MD5.
    const isTrusted = isAtomic || context.settings.host.completeOnly === true;
    const etags = [multipartEtag(parts), ...(isTrusted ? [quoted(reply?.ETag)] : [])];
    const isOurs = sha256 === undefined ? etags.includes(stat?.etag) : stat?.sha256 === sha256;
    if (stat?.size === size && isOurs) return stat;
    throw failure ?? gone(context, key);
  });
}

/** The ETag that hosts give: MD5 of the parts' MD5s, a dash, their number. */
function multipartEtag(parts: readonly CompletedPart[]): string | undefined {
  const hash = createHash("md5");
  for (const { ETag = "" } of parts) hash.update(Buffer.from(ETag.replaceAll('"', ""), "hex"));
  return quoted(`${hash.digest("hex")}-${parts.length}`);
}

/** Another run completed or aborted the upload, or a conflicting write made the host give it up. */
function isGone(error: unknown): boolean {
  const cause = error instanceof StorageError ? error.cause : undefined;
  return ["NoSuchUpload", "ConditionalRequestConflict"].includes(s3Code(cause ?? {}));
}

function gone(context: S3Context, key: string): StorageError {
  return s3Error({ name: "NoSuchUpload", message: "" }, nameOf(context, key));
}
