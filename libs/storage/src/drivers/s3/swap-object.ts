import { createHash } from "node:crypto";

import { PutObjectCommand } from "@aws-sdk/client-s3";

import type { ObjectStat, SwapOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { objectInput, transportDigest } from "./object-input.ts";
import { objectStat } from "./object-stat.ts";
import { statObject } from "./read-object.ts";
import { retryConflict } from "./retry-conflict.ts";
import { address, attempt, nameOf, type S3Context } from "./s3-context.ts";
import { isPreconditionFailed, s3Code, wasRetried } from "./s3-error.ts";

/** Replaces a small object if it is still the one that the caller read; `form` is how the host compares ETags. */
export async function swapObject(
  context: S3Context,
  form: "quoted" | "bare",
  key: string,
  bytes: Uint8Array,
  { expected, contentType, signal }: SwapOptions,
): Promise<ObjectStat> {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const digest = transportDigest(context.settings.host.checksum, false);
  digest.update(bytes);
  const about = contentType === undefined ? {} : { contentType };
  const input = objectInput(context, key, about, sha256);
  const command = {
    ...address(context, key),
    ...input,
    ...digest.input(),
    Body: bytes,
    ...(expected === null
      ? { IfNoneMatch: "*" }
      : { IfMatch: form === "quoted" ? expected : expected.replaceAll('"', "") }),
  };
  const stored = await attempt(context, key, signal, (call) =>
    retryConflict(context, signal, () =>
      context.client.send(new PutObjectCommand(command), call),
    ).catch(async (error: unknown) => {
      const isLost = isPreconditionFailed(error) || s3Code(error) === "NoSuchKey";
      if (!isLost) throw error;
      // The first try may have won and only its answer been lost: then these very bytes are there.
      const there = wasRetried(error) ? await statObject(context, key) : undefined;
      if (there?.sha256 === sha256 && there.size === bytes.byteLength) return { ETag: there.etag };
      throw lost(context, key, expected);
    }),
  );
  return objectStat(key, bytes.byteLength, { ETag: stored.ETag, Metadata: input.Metadata });
}

function lost(context: S3Context, key: string, expected: string | null): StorageError {
  const reason = expected === null ? "somebody created it first" : "somebody changed it first";
  return new StorageError(
    "E_CONFLICT",
    `${nameOf(context, key)}: ${reason}; read it again and decide anew`,
  );
}
