import { createHash } from "node:crypto";
import type { Readable } from "node:stream";

import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";

import { retryConflict } from "./retry-conflict.ts";
import { address, attempt, type S3Context } from "./s3-context.ts";
import { isPreconditionFailed, s3Status } from "./s3-error.ts";

/**
 * What a multipart upload under way is for, kept beside the objects as `.plimsoll/uploads/<hash of the key>.json`: S3
 * itself tells of an upload only its key and time, not the metadata that it was begun with, and without those nobody may
 * go on with it. Where a host completes over an existing object, the record is also the claim to the key: it is created
 * by If-None-Match, so that one writer has it.
 */
export interface UploadRecord {
  readonly schema: 1;
  readonly key: string;
  readonly uploadId: string;
  /** Digest of everything that has to be equal for another run to go on: bytes, sizes, metadata. */
  readonly fingerprint: string;
  /** ms since 1970 */
  readonly startedAt: number;
}

const maxBytes = 16_384;

/** Key of a record inside the store; no legal key of an object starts with a dot. */
export function recordKey(key: string): string {
  const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return `.plimsoll/uploads/${name}.json`;
}

/** The record of a key; undefined where there is none, or one that cannot be read. */
export async function readRecord(
  context: S3Context,
  key: string,
  signal: AbortSignal | undefined,
): Promise<UploadRecord | undefined> {
  return attempt(context, key, signal, async (call) => {
    try {
      const command = new GetObjectCommand(address(context, recordKey(key)));
      const reply = await context.client.send(command, call);
      const body = reply.Body as Readable;
      if ((reply.ContentLength ?? 0) > maxBytes) {
        body.destroy();
        return undefined;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(chunk as Buffer);
      return parse(Buffer.concat(chunks).toString("utf8"), key);
    } catch (error) {
      const status = s3Status(error);
      if (status === 404 || status === 403) return undefined;
      throw error;
    }
  });
}

/** Writes the record of a key that has none. False: another run was first. Undefined: records cannot be kept here. */
export async function createRecord(
  context: S3Context,
  record: UploadRecord,
  signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
  const { key } = record;
  return attempt(context, key, signal, async (call) => {
    const isAtomic = await context.powers.createOnly();
    const command = {
      ...address(context, recordKey(key)),
      Body: Buffer.from(JSON.stringify(record)),
      ContentType: "application/json",
      ...(isAtomic ? { IfNoneMatch: "*" } : {}),
    };
    try {
      await retryConflict(context, signal, () =>
        context.client.send(new PutObjectCommand(command), call),
      );
    } catch (error) {
      if (s3Status(error) === 403) return undefined;
      if (!isPreconditionFailed(error)) throw error;
    }
    // Read back: without a condition the last writer has it, and a retried request may have won at its first try.
    return (await readRecord(context, key, signal))?.uploadId === record.uploadId;
  });
}

/** Removes the record of a key if it is about this upload. */
export async function removeRecord(
  context: S3Context,
  key: string,
  uploadId: string,
): Promise<void> {
  const there = await readRecord(context, key, undefined);
  if (there?.uploadId !== uploadId) return;
  await attempt(context, key, undefined, () =>
    context.client.send(new DeleteObjectCommand(address(context, recordKey(key)))),
  );
}

function parse(text: string, key: string): UploadRecord | undefined {
  try {
    const value = JSON.parse(text) as Partial<UploadRecord>;
    const isOurs =
      value.schema === 1 &&
      value.key === key &&
      typeof value.uploadId === "string" &&
      typeof value.fingerprint === "string" &&
      typeof value.startedAt === "number";
    return isOurs ? (value as UploadRecord) : undefined;
  } catch {
    return undefined;
  }
}
