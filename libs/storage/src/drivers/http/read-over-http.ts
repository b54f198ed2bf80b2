import type { ObjectBody, ReadOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import type { HttpReply, HttpRequest } from "../../http/http-client.ts";
import { retryRequest } from "../../http/retry-request.ts";
import { checkRange, resolveRange, type ByteRange } from "../../range.ts";
import { measureReply } from "./measure-reply.ts";
import { statOverHttp } from "./stat-over-http.ts";
import { leave, statOfReply, type WebSource } from "./web-source.ts";

/**
 * An object's bytes, or a range of them. A host that answers a range with the whole object is read past, so that the
 * caller gets what was asked for.
 */
export async function readOverHttp(
  source: WebSource,
  key: string,
  options: ReadOptions,
): Promise<ObjectBody> {
  const { start, end, ifMatch, signal } = options;
  const url = source.locate(key);
  checkRange(start, end, url);
  if (end !== undefined && end === (start ?? 0)) return readNothing(source, key, options);
  const isWhole = end === undefined && (start ?? 0) === 0;
  const request: HttpRequest = {
    ...(isWhole ? {} : { start: start ?? 0, ...(end !== undefined && { end }) }),
    ...(signal && { signal }),
  };
  const reply = await retryRequest(() => source.client.request(url, request), {
    ...source,
    signal,
  });
  try {
    if (ifMatch !== undefined && ifMatch !== reply.etag) throw changed(url);
    return await bodyOf(source, key, reply, options);
  } catch (error) {
    await leave(reply);
    throw error;
  }
}

async function bodyOf(
  source: WebSource,
  key: string,
  reply: HttpReply,
  { start, end, signal }: ReadOptions,
): Promise<ObjectBody> {
  const url = source.locate(key);
  if (reply.totalBytes !== undefined) {
    const range = resolveRange(reply.totalBytes, start, end, url);
    const stat = statOfReply(key, reply.totalBytes, reply);
    const isPart = range.start > reply.start || range.end < reply.totalBytes;
    return { stat, body: reply.status === 200 && isPart ? slice(reply.body, range) : reply.body };
  }
  if (reply.status === 206) {
    const stat = await statOverHttp(source, key, signal === undefined ? {} : { signal });
    if (stat === undefined || stat.etag !== reply.etag) throw changed(url);
    resolveRange(stat.size, start, end, url);
    return { stat, body: reply.body };
  }
  const bytes = await measureReply(url, reply);
  const range = resolveRange(bytes.length, start, end, url);
  return { stat: statOfReply(key, bytes.length, reply), body: once(bytes, range) };
}

/** An empty range cannot be asked for over HTTP; the object has to be there all the same. */
async function readNothing(
  source: WebSource,
  key: string,
  { start, end, ifMatch, signal }: ReadOptions,
): Promise<ObjectBody> {
  const url = source.locate(key);
  const stat = await statOverHttp(source, key, signal === undefined ? {} : { signal });
  if (stat === undefined) throw new StorageError("E_NOT_FOUND", `${url}: not there`);
  if (ifMatch !== undefined && ifMatch !== stat.etag) throw changed(url);
  const range = resolveRange(stat.size, start, end, url);
  return { stat, body: once(Buffer.alloc(0), { start: 0, end: range.end - range.start }) };
}

async function* once(bytes: Buffer, range: ByteRange): AsyncGenerator<Buffer, void, void> {
  if (range.end > range.start) yield bytes.subarray(range.start, range.end);
}

/** Bytes `start` to before `end` of a body that begins at the object's first byte. */
async function* slice(
  body: AsyncIterable<Buffer>,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer, void, void> {
  let offset = 0;
  for await (const part of body) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, part.length);
    if (from < to) yield part.subarray(from, to);
    offset += part.length;
    if (offset >= end) return;
  }
}

function changed(url: string): StorageError {
  return new StorageError(
    "E_CONFLICT",
    `${url}: changed meanwhile, or the host has no strong ETag`,
  );
}
