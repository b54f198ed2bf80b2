import { randomBytes } from "node:crypto";

import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";

import { quoted } from "./object-stat.ts";
import { s3Code, s3Status } from "./s3-error.ts";
import type { S3Settings } from "./s3-settings.ts";

/** How a host compares `If-Match` of a PutObject: with the ETag's quotes, without, or it does not. */
export type SwapForm = "quoted" | "bare" | "none";

const folder = ".plimsoll/probe-";

interface Probe {
  readonly client: S3Client;
  readonly target: { readonly Bucket: string; readonly Key: string };
  /** Writes the object and gives its ETag in quotes, or undefined where the host refused on a condition. */
  put(body: string, condition?: Partial<PutObjectCommandInput>): Promise<string | undefined>;
}

/** Whether a PutObject with `If-None-Match: *` over an existing object is refused. */
export async function probeCreateOnly(client: S3Client, settings: S3Settings): Promise<boolean> {
  return withProbe(client, settings, async ({ put }) => {
    await put("1");
    return (await put("2", { IfNoneMatch: "*" })) === undefined;
  });
}

/** The same for CompleteMultipartUpload; some hosts know it for the one and ignore it for the other. */
export async function probeCompleteOnly(client: S3Client, settings: S3Settings): Promise<boolean> {
  return withProbe(client, settings, async ({ target, put }) => {
    await put("1");
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const upload = { ...target, UploadId };
    const part = await client.send(
      new UploadPartCommand({ ...upload, PartNumber: 1, Body: Buffer.from("2") }),
    );
    const Parts = [{ PartNumber: 1, ETag: part.ETag }];
    const complete = { ...upload, MultipartUpload: { Parts }, IfNoneMatch: "*" };
    const isRefused = await refusedOnCondition(
      client.send(new CompleteMultipartUploadCommand(complete)),
    );
    if (isRefused) await client.send(new AbortMultipartUploadCommand(upload));
    return isRefused;
  });
}

/** A host has the swap when a wrong ETag is refused and the right one, in one of its forms, is taken. */
export async function probeSwap(client: S3Client, settings: S3Settings): Promise<SwapForm> {
  return withProbe(client, settings, async ({ put }) => {
    const etag = await put("1");
    if (etag === undefined) return "none";
    const wrong = "00000000000000000000000000000000";
    for (const form of ["quoted", "bare"] as const) {
      const write = (each: string): string => (form === "quoted" ? `"${each}"` : each);
      if ((await put("2", { IfMatch: write(wrong) })) !== undefined) return "none";
      const taken = await put("3", { IfMatch: write(etag.replaceAll('"', "")) });
      if (taken !== undefined) return form;
    }
    return "none";
  });
}

/** Removes what processes left that died while probing; what is younger than `maxAgeMs` may be in use. */
export async function sweepProbes(
  client: S3Client,
  { bucket, keyPrefix }: S3Settings,
  now: number,
  maxAgeMs: number,
): Promise<void> {
  const place = { Bucket: bucket, Prefix: `${keyPrefix}${folder}` };
  const isOld = (at: Date | undefined): boolean =>
    at !== undefined && now - at.getTime() > maxAgeMs;
  const { Contents = [] } = await client.send(new ListObjectsV2Command(place));
  for (const { Key, LastModified } of Contents) {
    if (!isOld(LastModified)) continue;
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  }
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand(place));
  for (const { Key, UploadId, Initiated } of Uploads) {
    if (!isOld(Initiated)) continue;
    await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
  }
}

async function withProbe<T>(
  client: S3Client,
  { bucket, keyPrefix }: S3Settings,
  act: (probe: Probe) => Promise<T>,
): Promise<T> {
  // A new key each time: hosts limit writes to one key, and two processes may probe at once.
  const Key = `${keyPrefix}${folder}${randomBytes(8).toString("hex")}`;
  const target = { Bucket: bucket, Key };
  const put: Probe["put"] = async (body, condition = {}) => {
    const command = new PutObjectCommand({ ...target, Body: Buffer.from(body), ...condition });
    let etag: string | undefined;
    const isRefused = await refusedOnCondition(
      client.send(command).then((reply) => (etag = reply.ETag)),
    );
    return isRefused ? undefined : (quoted(etag) ?? '""');
  };
  try {
    return await act({ client, target, put });
  } finally {
    await client.send(new DeleteObjectCommand(target)).catch(() => undefined);
  }
}

/** 412, or 409 for a race; AWS answers `If-Match` on an absent key with 404. Anything else is thrown. */
async function refusedOnCondition(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return false;
  } catch (error) {
    const isCondition = [404, 409, 412].includes(s3Status(error) ?? 0);
    if (isCondition && s3Code(error) !== "NoSuchBucket") return true;
    throw error;
  }
}
