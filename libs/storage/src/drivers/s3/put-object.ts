import { createHash } from "node:crypto";

import { PutObjectCommand } from "@aws-sdk/client-s3";

import type { ByteSource } from "../../byte-source.ts";
import type { ObjectStat, WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { objectInput, transportDigest } from "./object-input.ts";
import { objectStat } from "./object-stat.ts";
import { readParts } from "./read-parts.ts";
import { retryConflict } from "./retry-conflict.ts";
import { address, attempt, nameOf, type S3Context } from "./s3-context.ts";
import { isPreconditionFailed, wasRetried } from "./s3-error.ts";
import { statObject } from "./read-object.ts";

/** Stores a small source by one request. It is held in memory, so that its digest is known before the request starts. */
export async function putObject(
  context: S3Context,
  key: string,
  source: ByteSource,
  options: WriteOptions,
): Promise<ObjectStat> {
  const { signal, onlyIfAbsent = false, onProgress } = options;
  const isAtomic = onlyIfAbsent && (await createOnly(context, key, signal));
  if (onlyIfAbsent && !isAtomic) await refuseExisting(context, key, signal);

  const loan = await context.budget.borrow(source.size, signal);
  try {
    const { sha256, checksum } = await readWhole(context, source, loan.block, signal);
    checkDigest(source, sha256, options.sha256);
    const input = objectInput(context, key, options, sha256);
    const command = {
      ...address(context, key),
      ...input,
      ...checksum,
      Body: loan.block,
      ...(isAtomic ? { IfNoneMatch: "*" } : {}),
    };
    const stored = await attempt(context, key, signal, (call) =>
      retryConflict(context, signal, () =>
        context.client.send(new PutObjectCommand(command), call),
      ).catch(async (error: unknown) => {
        if (!onlyIfAbsent || !isPreconditionFailed(error)) throw error;
        // The first try may have won and only its answer been lost: then the object there is this one.
        const there = wasRetried(error) ? await statObject(context, key) : undefined;
        if (there?.sha256 !== sha256 || there.size !== source.size) throw exists(context, key);
        return { ETag: there.etag };
      }),
    );
    const stat = objectStat(key, source.size, { ETag: stored.ETag, Metadata: input.Metadata });
    if (onlyIfAbsent && !isAtomic) await checkWinner(context, stat, signal);
    onProgress?.(source.size);
    return stat;
  } finally {
    loan.giveBack();
  }
}

/** For hosts without a conditional write: refuses what is there before anything is sent. */
export async function refuseExisting(
  context: S3Context,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const there = await statObject(context, key, signal === undefined ? {} : { signal });
  if (there !== undefined) throw exists(context, key);
}

/** For hosts without a conditional write: whoever wrote last won, and it has to be us. */
async function checkWinner(
  context: S3Context,
  { key, sha256 }: ObjectStat,
  signal: AbortSignal | undefined,
): Promise<void> {
  const there = await statObject(context, key, signal === undefined ? {} : { signal });
  if (there?.sha256 !== sha256) throw exists(context, key);
}

export function exists(context: S3Context, key: string): StorageError {
  return new StorageError(
    "E_EXISTS",
    `${nameOf(context, key)}: exists already and is not overwritten; publish under a new version`,
  );
}

/** Throws `E_DIGEST` where the bytes that were read are not those that were announced. */
export function checkDigest(
  source: ByteSource,
  actual: string,
  expected: string | undefined,
): void {
  if (expected === undefined || expected === actual) return;
  throw new StorageError(
    "E_DIGEST",
    `${source.label}: ${expected} expected, the bytes have ${actual}; nothing was stored`,
  );
}

function createOnly(
  context: S3Context,
  key: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return attempt(context, key, signal, () => context.powers.createOnly());
}

async function readWhole(
  context: S3Context,
  source: ByteSource,
  block: Buffer,
  signal: AbortSignal | undefined,
) {
  const hash = createHash("sha256");
  const digest = transportDigest(context.settings.host.checksum, false);
  const reader = readParts(source, signal);
  try {
    await reader.fill(block, (bytes) => {
      hash.update(bytes);
      digest.update(bytes);
    });
    await reader.finish();
  } finally {
    await reader.close();
  }
  return { sha256: hash.digest("hex"), checksum: digest.input() };
}
