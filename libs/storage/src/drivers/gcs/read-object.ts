import { abortable } from "../../abortable.ts";
import type { CallOptions, ObjectBody, ObjectStat, ReadOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { checkRange, resolveRange } from "../../range.ts";
import { attempt, fileOf, nameOf, type GcsContext } from "./gcs-context.ts";
import { gcsError, gcsStatus } from "./gcs-error.ts";
import { gcsStat } from "./gcs-stat.ts";

/** What the host says of an object, or undefined where it is absent. */
export async function statObject(
  context: GcsContext,
  key: string,
  { signal }: CallOptions = {},
): Promise<ObjectStat | undefined> {
  return attempt(context, key, signal, async () => {
    try {
      const [metadata] = await fileOf(context, key).getMetadata();
      return gcsStat(key, metadata);
    } catch (error) {
      if (gcsStatus(error) === 404) return undefined;
      throw error;
    }
  });
}

/** An object's bytes, or some of them, all of the generation that was found first. */
export async function readObject(
  context: GcsContext,
  key: string,
  { start, end, ifMatch, signal }: ReadOptions = {},
): Promise<ObjectBody> {
  const what = nameOf(context, key);
  checkRange(start, end, what);
  const stat = await statObject(context, key, signal === undefined ? {} : { signal });
  if (stat === undefined) throw new StorageError("E_NOT_FOUND", `${what}: no such object`);
  if (ifMatch !== undefined && stat.etag !== ifMatch) {
    throw new StorageError("E_CONFLICT", `${what}: the object is another than expected`);
  }
  const range = resolveRange(stat.size, start, end, what);
  return { stat, body: bytes(context, stat, range.start, range.end, signal) };
}

async function* bytes(
  context: GcsContext,
  { key, size, etag }: ObjectStat,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  if (start === end) return;
  const what = nameOf(context, key);
  const isWhole = start === 0 && end === size;
  const body = fileOf(context, key, etag).createReadStream({
    ...(isWhole ? {} : { start, end: end - 1 }),
    validation: false,
    decompress: false,
  });
  let left = end - start;
  try {
    for await (const chunk of abortable(body as AsyncIterable<Buffer>, signal)) {
      left -= chunk.length;
      yield chunk;
    }
  } catch (error) {
    signal?.throwIfAborted();
    const status = gcsStatus(error);
    if (status === 404) {
      const text = `${what}: replaced while it was read; run again`;
      throw new StorageError("E_CONFLICT", text, { cause: error });
    }
    if (status !== undefined) throw gcsError(error, what);
    const text = `${what}: cut with ${left} bytes to come; run again`;
    throw new StorageError("E_NETWORK", text, { cause: error });
  } finally {
    body.destroy();
  }
  if (left !== 0) {
    throw new StorageError("E_NETWORK", `${what}: ended with ${left} bytes to come; run again`);
  }
}
