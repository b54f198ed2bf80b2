import type { Readable } from "node:stream";

import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";

import { abortable } from "../../abortable.ts";
import type { CallOptions, ObjectBody, ObjectStat, ReadOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { checkRange, resolveRange, type ByteRange } from "../../range.ts";
import { objectStat } from "./object-stat.ts";
import { address, attempt, nameOf, type S3Context } from "./s3-context.ts";
import { s3Code, s3Error, s3Status } from "./s3-error.ts";

/** What the host says of an object, or undefined where it is absent. */
export async function statObject(
  context: S3Context,
  key: string,
  { signal }: CallOptions = {},
): Promise<ObjectStat | undefined> {
  return attempt(context, key, signal, async (options) => {
    try {
      const head = await context.client.send(new HeadObjectCommand(address(context, key)), options);
      return objectStat(key, head.ContentLength ?? 0, head);
    } catch (error) {
      if (s3Status(error) === 404) return undefined;
      // The answer to a HEAD has no body, so it cannot say why: a GET for one byte can.
      if (s3Status(error) === 403) throw await reasonOf(context, key, error);
      throw error;
    }
  });
}

/** An object's bytes, or some of them. A body that is cut throws `E_NETWORK`; going on is the caller's business. */
export async function readObject(
  context: S3Context,
  key: string,
  options: ReadOptions = {},
): Promise<ObjectBody> {
  const { start = 0, end, ifMatch, signal } = options;
  const what = nameOf(context, key);
  checkRange(start, end, what);
  if (end === start) return emptyRange(context, key, options);
  const Range =
    start === 0 && end === undefined
      ? {}
      : { Range: `bytes=${start}-${end === undefined ? "" : end - 1}` };
  const input = {
    ...address(context, key),
    ...Range,
    ...(ifMatch === undefined ? {} : { IfMatch: ifMatch }),
  };
  const reply = await attempt(context, key, signal, (call) =>
    context.client.send(new GetObjectCommand(input), call),
  );
  const body = reply.Body as Readable;
  try {
    const length = reply.ContentLength ?? 0;
    const size = sizeOf(reply.ContentRange, start, length, what) ?? length;
    const range = resolveRange(size, start, end, what);
    if (range.end - range.start !== length) throw wrongRange(what);
    return { stat: objectStat(key, size, reply), body: bytes(body, range, what, signal) };
  } catch (error) {
    body.destroy();
    throw error;
  }
}

/** No byte is asked for: the size alone decides, and an object may be empty. */
async function emptyRange(
  context: S3Context,
  key: string,
  { start, end, ifMatch, signal }: ReadOptions,
): Promise<ObjectBody> {
  const what = nameOf(context, key);
  const stat = await statObject(context, key, signal === undefined ? {} : { signal });
  if (stat === undefined) throw new StorageError("E_NOT_FOUND", `${what}: no such object`);
  if (ifMatch !== undefined && stat.etag !== ifMatch) {
    throw new StorageError("E_CONFLICT", `${what}: the object is another than expected`);
  }
  resolveRange(stat.size, start, end, what);
  return { stat, body: nothing() };
}

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {
  yield* [];
}

async function* bytes(
  body: Readable,
  range: ByteRange,
  what: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  let left = range.end - range.start;
  try {
    for await (const chunk of abortable(body as AsyncIterable<Buffer>, signal)) {
      left -= chunk.length;
      yield chunk;
    }
  } catch (error) {
    signal?.throwIfAborted();
    const cause = s3Error(error, what);
    if (cause.code === "E_TIMEOUT") throw cause;
    throw new StorageError("E_NETWORK", `${what}: cut with ${left} bytes to come; run again`, {
      cause: error,
    });
  } finally {
    body.destroy();
  }
  if (left !== 0) {
    throw new StorageError("E_NETWORK", `${what}: ended with ${left} bytes to come; run again`);
  }
}

/** Size of the whole object, from the `Content-Range` of a part of it; undefined where the whole was sent. */
function sizeOf(
  header: string | undefined,
  start: number,
  length: number,
  what: string,
): number | undefined {
  if (header === undefined) {
    if (start > 0) throw wrongRange(what);
    return undefined;
  }
  const found = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header);
  const [from, last, size] = (found?.slice(1) ?? []).map(Number);
  if (from !== start || last !== start + length - 1 || size === undefined) throw wrongRange(what);
  return size;
}

function wrongRange(what: string): StorageError {
  return new StorageError("E_NETWORK", `${what}: the host sent another range than was asked for`);
}

async function reasonOf(context: S3Context, key: string, refused: unknown): Promise<unknown> {
  const command = new GetObjectCommand({ ...address(context, key), Range: "bytes=0-0" });
  try {
    const reply = await context.client.send(command);
    (reply.Body as Readable).destroy();
    return refused;
  } catch (error) {
    return s3Code(error) === "InvalidRange" ? refused : error;
  }
}
