import {
  CopyObjectCommand,
  HeadObjectCommand,
  UploadPartCopyCommand,
  type CompletedPart,
} from "@aws-sdk/client-s3";

import { bytesSource } from "../../bytes-source.ts";
import type { ObjectStat, WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { objectInput } from "./object-input.ts";
import { objectStat, quoted } from "./object-stat.ts";
import type { OpenUpload } from "./open-upload.ts";
import { planParts } from "./part-plan.ts";
import { putObject } from "./put-object.ts";
import { statObject } from "./read-object.ts";
import { address, attempt, nameOf, type S3Context } from "./s3-context.ts";
import { throughUpload, type SentParts } from "./through-upload.ts";

interface Origin {
  readonly key: string;
  readonly stat: ObjectStat;
  /** The caller's wishes, and behind them what the copied object has. */
  readonly options: WriteOptions;
}

/**
 * Copies inside the store. Small objects by one request, others part by part; `onlyIfAbsent` always part by part, since
 * completing an upload can be made conditional on every host. The copied object may not change meanwhile (`E_CONFLICT`).
 */
export async function copyObject(
  context: S3Context,
  from: string,
  to: string,
  options: WriteOptions = {},
): Promise<ObjectStat> {
  const { signal, onlyIfAbsent = false, sha256 } = options;
  const origin = await lookUp(context, from, options);
  const { size } = origin.stat;
  const stated = origin.stat.sha256;
  if (sha256 !== undefined && stated !== undefined && sha256 !== stated) {
    throw new StorageError(
      "E_DIGEST",
      `${nameOf(context, from)}: ${sha256} expected, the object is stated to have ${stated}; nothing was copied`,
    );
  }
  if (onlyIfAbsent && size === 0) {
    return putObject(context, to, bytesSource(new Uint8Array(0), from), origin.options);
  }
  if (onlyIfAbsent || size > context.tuning.copyBytes) return copyParts(context, origin, to);

  const command = new CopyObjectCommand({
    ...address(context, to),
    ...sourceOf(context, origin),
    ...objectInput(context, to, origin.options, stated ?? sha256),
    MetadataDirective: "REPLACE",
  });
  await attempt(context, from, signal, (call) => context.client.send(command, call));
  const stat = await statObject(context, to, signal === undefined ? {} : { signal });
  if (stat?.size !== size) {
    throw new StorageError("E_SIZE", `${nameOf(context, to)}: not what was copied; run again`);
  }
  return stat;
}

async function lookUp(context: S3Context, key: string, options: WriteOptions): Promise<Origin> {
  const head = await attempt(context, key, options.signal, (call) =>
    context.client.send(new HeadObjectCommand(address(context, key)), call),
  );
  const stat = objectStat(key, head.ContentLength ?? 0, head);
  const contentType = options.contentType ?? head.ContentType;
  const cacheControl = options.cacheControl ?? head.CacheControl;
  const sha256 = options.sha256 ?? stat.sha256;
  return {
    key,
    stat,
    options: {
      ...options,
      ...(contentType === undefined ? {} : { contentType }),
      ...(cacheControl === undefined ? {} : { cacheControl }),
      ...(sha256 === undefined ? {} : { sha256 }),
      metadata: { ...stat.metadata, ...options.metadata },
    },
  };
}

async function copyParts(context: S3Context, origin: Origin, to: string): Promise<ObjectStat> {
  const { stat, options } = origin;
  const plan = planParts(stat.size, context.tuning.copyPartBytes);
  return throughUpload(context, to, { size: stat.size, plan, options }, async (upload) => {
    const parts: CompletedPart[] = [];
    let next = 1;
    let copiedBytes = 0;
    const work = async (): Promise<void> => {
      while (next <= plan.parts) {
        const number = next++;
        const start = (number - 1) * plan.partBytes;
        const end = Math.min(start + plan.partBytes, stat.size);
        parts[number - 1] = await copyPart(context, origin, to, upload, { number, start, end });
        copiedBytes += end - start;
        options.onProgress?.(copiedBytes);
      }
    };
    const lanes = Math.min(context.tuning.copyConcurrency, plan.parts);
    const done = await Promise.allSettled(Array.from({ length: lanes }, work));
    for (const each of done) if (each.status === "rejected") throw each.reason;
    return { parts } satisfies SentParts;
  });
}

async function copyPart(
  context: S3Context,
  origin: Origin,
  to: string,
  upload: OpenUpload,
  { number, start, end }: { number: number; start: number; end: number },
): Promise<CompletedPart> {
  const command = new UploadPartCopyCommand({
    ...address(context, to),
    ...sourceOf(context, origin),
    UploadId: upload.id,
    PartNumber: number,
    CopySourceRange: `bytes=${start}-${end - 1}`,
  });
  const reply = await attempt(context, to, origin.options.signal, (call) =>
    context.client.send(command, call),
  );
  const crc = reply.CopyPartResult?.ChecksumCRC32;
  return {
    PartNumber: number,
    ETag: quoted(reply.CopyPartResult?.ETag),
    ...(crc === undefined ? {} : { ChecksumCRC32: crc }),
  };
}

function sourceOf(context: S3Context, { key, stat }: Origin) {
  const { Bucket, Key } = address(context, key);
  return {
    CopySource: [Bucket, ...Key.split("/")].map(encodeURIComponent).join("/"),
    ...(stat.etag === undefined ? {} : { CopySourceIfMatch: stat.etag }),
  };
}
