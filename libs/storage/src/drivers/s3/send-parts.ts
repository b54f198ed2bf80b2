import { createHash } from "node:crypto";

import { UploadPartCommand, type CompletedPart } from "@aws-sdk/client-s3";

import type { ByteSource } from "../../byte-source.ts";
import type { Md5Parts, WriteOptions } from "../../driver.ts";
import type { Loan } from "./memory-budget.ts";
import { StorageError } from "../../error.ts";
import { knownDigest, transportDigest, type TransportDigest } from "./object-input.ts";
import type { OpenUpload } from "./open-upload.ts";
import type { PartPlan } from "./part-plan.ts";
import { readParts } from "./read-parts.ts";
import { address, attempt, type S3Context } from "./s3-context.ts";
import { s3Code } from "./s3-error.ts";
import type { SentParts } from "./through-upload.ts";

interface Part {
  readonly number: number;
  readonly loan: Loan;
  readonly digest: TransportDigest;
  /** For messages. */
  readonly label: string;
}

/** Tries of a part that arrived changed; the SDK does not repeat those. */
const digestTries = 3;

/**
 * Reads the source once, from its start, and sends each part as soon as it is read, as many at a time as the memory
 * budget lends blocks for. Parts that the host has already are read and compared, not sent. The first failure ends all.
 * Gives the parts and the SHA-256 of the whole, hex: as announced where the parts' MD5s
 * were brought along, which the host compares.
 */
export async function sendParts(
  context: S3Context,
  key: string,
  upload: OpenUpload,
  source: ByteSource,
  plan: PartPlan,
  options: WriteOptions,
): Promise<SentParts & { readonly sha256: string }> {
  const { checksum } = context.settings.host;
  const stop = new AbortController();
  const signals = options.signal === undefined ? [stop.signal] : [stop.signal, options.signal];
  const signal = AbortSignal.any(signals);
  const hash = createHash("sha256");
  const known = knownParts(context, plan, options);
  const whole = checksum === "crc32" ? transportDigest("crc32", false) : undefined;
  const parts: CompletedPart[] = [];
  const sending: Promise<void>[] = [];
  let sentBytes = 0;

  const send = async (part: Part): Promise<void> => {
    try {
      parts[part.number - 1] = await sendPart(context, key, upload, part, signal);
      sentBytes += part.loan.block.length;
      options.onProgress?.(sentBytes);
    } catch (error) {
      stop.abort(error);
      throw error;
    } finally {
      part.loan.giveBack();
    }
  };

  const reader = readParts(source, signal);
  try {
    for (let number = 1; number <= plan.parts; number += 1) {
      const length = Math.min(plan.partBytes, source.size - (number - 1) * plan.partBytes);
      const md5 = await known?.(number - 1);
      const loan = await context.budget.borrow(length, signal);
      const digest =
        md5 === undefined ? transportDigest(checksum, upload.parts.size > 0) : knownDigest(md5);
      const seen = (bytes: Uint8Array): void => {
        hash.update(bytes);
        digest.update(bytes);
        whole?.update(bytes);
      };
      await reader.fill(loan.block, known ? undefined : seen).catch((error: unknown) => {
        loan.giveBack();
        throw error;
      });
      const task = send({ number, loan, digest, label: source.label });
      task.catch(() => undefined);
      sending.push(task);
    }
    await reader.finish();
    await Promise.all(sending);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(sending);
    options.signal?.throwIfAborted();
    throw stop.signal.reason;
  } finally {
    await reader.close();
  }
  return {
    parts,
    sha256: (known && options.sha256) ?? hash.digest("hex"),
    ...(whole === undefined ? {} : { whole: wholeOf(whole) }),
  };
}

/** The parts' MD5s, where they were brought along and are those of our parts. */
function knownParts(
  { settings }: S3Context,
  plan: PartPlan,
  { md5Parts, sha256 }: WriteOptions,
): Md5Parts["md5"] | undefined {
  const isOurs =
    settings.host.checksum === "md5" &&
    sha256 !== undefined &&
    md5Parts?.partBytes === plan.partBytes;
  return isOurs ? (index) => md5Parts.md5(index) : undefined;
}

async function sendPart(
  context: S3Context,
  key: string,
  upload: OpenUpload,
  { number, loan, digest, label }: Part,
  signal: AbortSignal,
): Promise<CompletedPart> {
  const stored = upload.parts.get(number);
  const isThere = stored?.size === loan.block.length && stored.etag === digest.md5();
  if (isThere) return { PartNumber: number, ETag: `"${stored.etag}"`, ...crcOf(digest) };
  const command = {
    ...address(context, key),
    UploadId: upload.id,
    PartNumber: number,
    Body: loan.block,
    ContentLength: loan.block.length,
    ...digest.input(),
  };
  const reply = await attempt(context, key, signal, async (call) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await context.client.send(new UploadPartCommand(command), call);
      } catch (error) {
        if (s3Code(error) !== "BadDigest") throw error;
        const md5 = createHash("md5").update(loan.block).digest("hex");
        if (digest.md5() !== undefined && digest.md5() !== md5) throw touched(label);
        if (tries === digestTries) throw error;
      }
    }
  });
  return { PartNumber: number, ETag: reply.ETag, ...crcOf(digest) };
}

function touched(label: string): StorageError {
  return new StorageError(
    "E_CONFLICT",
    `${label}: changed after it was hashed: run again when nothing writes to it`,
  );
}

function wholeOf(digest: TransportDigest): NonNullable<SentParts["whole"]> {
  return { ChecksumCRC32: crcOf(digest).ChecksumCRC32 ?? "", ChecksumType: "FULL_OBJECT" };
}

function crcOf(digest: TransportDigest): { ChecksumCRC32?: string } {
  const input = digest.input();
  return "ChecksumCRC32" in input ? { ChecksumCRC32: input.ChecksumCRC32 } : {};
}
