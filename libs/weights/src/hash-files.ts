import type { Cache } from "@plimsoll/cache";
import { chunkDefaults, DigestThreads } from "@plimsoll/manifest";
import type { Md5Parts } from "@plimsoll/storage";
import {
  cachedChunkIndex,
  chunkIndexFile,
  type ChunkIndexFile,
  indexFile,
} from "./chunk-index-of.ts";
import { fileIdentity, type WeightFile } from "./collect.ts";
import { WeightsError } from "./error.ts";
import { hashFile } from "./hash-file.ts";
import { parallel } from "./parallel.ts";
import type { EncodedFile, FilePart } from "./split-file.ts";

/** A weight file whose bytes are known. */
export interface HashedFile extends WeightFile {
  /** Hex. */
  readonly sha256: string;
  /** Where a store wants it in parts. */
  readonly parts?: readonly FilePart[];
  /** Where it travels compressed. */
  readonly encoded?: EncodedFile;
  /** What an upload in parts is checked with, where a store asked for it and the file was read. */
  readonly md5Parts?: Md5Parts;
  /** What will lie beside it, where an index was asked for and the file is worth one. */
  readonly chunks?: ChunkIndexFile;
}

export interface HashOptions {
  /** Knows files that were hashed before and not touched since, which are not read again; learns the others. */
  readonly cache?:
    | (Pick<Cache, "proven" | "prove"> & Partial<Pick<Cache, "chunkIndex" | "keepChunkIndex">>)
    | undefined;
  /** Also cut files of 1 MiB and more into chunks, in the same pass; default false. */
  readonly chunks?: boolean | undefined;
  /** Length of the parts whose MD5 is taken in the same pass, for a file of so many bytes. */
  readonly md5PartBytes?: ((size: number) => number | undefined) | undefined;
  /** Files at the same time; default 4: reading of one overlaps hashing of another. */
  readonly concurrency?: number;
  readonly onProgress?: (file: WeightFile, bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * SHA-256 of every file, each read once or, where its digest is recorded, not at all. Throws `E_CONFLICT` for a file
 * that changes meanwhile.
 */
export async function hashFiles(
  files: readonly WeightFile[],
  options: HashOptions = {},
): Promise<HashedFile[]> {
  const threads = new DigestThreads();
  try {
    return await parallel(files, options.concurrency ?? 4, (file) =>
      hashOne(file, options, threads),
    );
  } finally {
    await threads.close();
  }
}

async function hashOne(
  file: WeightFile,
  options: HashOptions,
  threads: DigestThreads,
): Promise<HashedFile> {
  options.signal?.throwIfAborted();
  const { cache } = options;
  const wantsChunks = options.chunks === true && file.size >= chunkDefaults.minFileBytes;
  const recorded = await cache?.proven(file.path);
  if (recorded !== undefined) {
    const chunks = wantsChunks ? await kept(file.name, recorded, cache) : undefined;
    if (chunks !== undefined || !wantsChunks) {
      options.onProgress?.(file, file.size);
      return { ...file, sha256: recorded, ...(chunks && { chunks }) };
    }
  }
  const startedAtMs = Date.now();
  const read = {
    ...(options.signal && { signal: options.signal }),
    onProgress: (bytes: number) => options.onProgress?.(file, bytes),
  };
  const partBytes = options.md5PartBytes?.(file.size);
  const index = wantsChunks
    ? await indexFile(file.path, { ...read, threads, md5PartBytes: partBytes })
    : undefined;
  const sha256 = index?.sha256 ?? (await hashFile(file.path, read));
  const chunks = index && chunkIndexFile(file.name, index);
  await expectUntouched(file);
  await cache?.prove(file.path, sha256, { startedAtMs });
  if (chunks) await cache?.keepChunkIndex?.(sha256, chunks.bytes);
  const md5Parts = partBytes && index?.md5Parts && { md5Parts: { partBytes, md5: index.md5Parts } };
  return { ...file, sha256, ...(chunks && { chunks }), ...md5Parts };
}

async function kept(
  name: string,
  sha256: string,
  cache: HashOptions["cache"],
): Promise<ChunkIndexFile | undefined> {
  const chunkIndex = cache?.chunkIndex;
  return chunkIndex && (await cachedChunkIndex(name, sha256, { chunkIndex }));
}

/** Throws `E_CONFLICT` if the file is not the one any more that was looked at first. */
export async function expectUntouched(file: WeightFile): Promise<void> {
  const identity = await fileIdentity(file.path).catch(() => "gone");
  if (identity === file.identity) return;
  throw new WeightsError(
    "E_CONFLICT",
    `${file.name}: changed while it was being published: publish again when nothing writes to ${file.path}`,
  );
}
