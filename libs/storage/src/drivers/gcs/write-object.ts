import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { ByteSource } from "../../byte-source.ts";
import type { ObjectStat, WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { fileOf, nameOf, singleBytes, type GcsContext } from "./gcs-context.ts";
import { gcsError, gcsStatus } from "./gcs-error.ts";
import { gcsStat } from "./gcs-stat.ts";

/** Bytes of one request of a resumable upload: a multiple of 256 KiB, kept in memory until the host has them. */
const chunkBytes = 8 * 2 ** 20;

/**
 * Stores a source: in one request while it is small, else by a resumable upload. The client compares CRC32C with the
 * host; the SHA-256 is taken on the way and compared before the last byte goes out, so that a wrong one stores nothing.
 */
export async function writeObject(
  context: GcsContext,
  key: string,
  source: ByteSource,
  options: WriteOptions,
): Promise<ObjectStat> {
  const { signal, onlyIfAbsent, sha256, contentType, cacheControl } = options;
  signal?.throwIfAborted();
  const file = fileOf(context, key);
  const target = file.createWriteStream({
    resumable: source.size > singleBytes,
    chunkSize: chunkBytes,
    validation: "crc32c",
    ...(onlyIfAbsent === true ? { preconditionOpts: { ifGenerationMatch: 0 } } : {}),
    metadata: {
      contentType: contentType ?? "application/octet-stream",
      ...(cacheControl === undefined ? {} : { cacheControl }),
      metadata: { ...options.metadata, ...(sha256 === undefined ? {} : { sha256 }) },
    },
  });
  let actual = "";
  let sourceFault: unknown;
  const passing = checked(
    watched(source, (fault) => (sourceFault = fault)),
    options,
    (digest) => {
      actual = digest;
    },
  );
  try {
    await pipeline(Readable.from(passing, { objectMode: false }), target, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (onlyIfAbsent === true && gcsStatus(error) === 412) throw exists(context, key, error);
    // A failure of the source is the caller's own and passes as it is.
    throw error === sourceFault ? error : gcsError(error, nameOf(context, key));
  }
  return { ...gcsStat(key, file.metadata), sha256: actual };
}

/** The source, with word of what it fails with. */
function watched(source: ByteSource, tell: (fault: unknown) => void): ByteSource {
  async function* open(): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* source.open();
    } catch (fault) {
      tell(fault);
      throw fault;
    }
  }
  return { size: source.size, label: source.label, open };
}

export const exists = (context: GcsContext, key: string, cause: unknown): StorageError =>
  new StorageError("E_EXISTS", `${nameOf(context, key)}: exists already; nothing was stored`, {
    cause,
  });

async function* checked(
  source: ByteSource,
  { sha256, onProgress }: WriteOptions,
  tell: (digest: string) => void,
): AsyncGenerator<Uint8Array, void, void> {
  const hash = createHash("sha256");
  let sent = 0;
  // One block is held back: the upload must not end before everything is known to be right.
  let held: Uint8Array | undefined;
  for await (const block of source.open()) {
    if (held !== undefined) yield held;
    hash.update(block);
    sent += block.byteLength;
    held = block;
    onProgress?.(sent);
  }
  if (sent !== source.size) {
    const text = `${source.label}: ${source.size} bytes announced, ${sent} came; nothing was stored`;
    throw new StorageError("E_SIZE", text);
  }
  const digest = hash.digest("hex");
  if (sha256 !== undefined && digest !== sha256) {
    const text = `${source.label}: ${sha256} announced, ${digest} read; nothing was stored`;
    throw new StorageError("E_DIGEST", text);
  }
  tell(digest);
  if (held !== undefined) yield held;
}
