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
import { digestBehind } from "./digest-behind.ts";
import { WeightsError } from "./error.ts";
import { hashFile } from "./hash-file.ts";
import { hashOnThread } from "./hash-on-thread.ts";
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
  /** What an upload in parts is checked with, where a store asked for it; taken while earlier parts are sent. */
  readonly md5Parts?: Md5Parts;
  /** What will lie beside it, where that was asked for and the file is worth one; a large one's is still being made. */
  readonly index?: Promise<ChunkIndexFile>;
}

/** A file with its chunk index. */
export type IndexedFile = HashedFile & { readonly chunks?: ChunkIndexFile };

export interface HashOptions {
  /** Knows files that were hashed before and not touched since, which are not read again; learns the others. */
  readonly cache?:
    | (Pick<Cache, "proven" | "prove"> & Partial<Pick<Cache, "chunkIndex" | "keepChunkIndex">>)
    | undefined;
  /** Also cut files of 1 MiB and more into chunks; default false. */
  readonly chunks?: boolean | undefined;
  /** Length of the parts whose MD5 is wanted, for a file of so many bytes. */
  readonly md5PartBytes?: ((size: number) => number | undefined) | undefined;
  /** Files at the same time; default 4: reading of one overlaps hashing of another. */
  readonly concurrency?: number;
  readonly onProgress?: (file: WeightFile, bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** Files whose digests are known, while their chunks and parts are still being digested. */
export interface Hashing extends AsyncDisposable {
  readonly files: readonly HashedFile[];
}

/** What large files are digested with, and what ends it. */
export interface HashingTools {
  /** For what may come later. */
  readonly behind: DigestThreads;
  readonly stop: AbortController;
  readonly running: Promise<unknown>[];
}

/** Smaller files are read once for everything; with larger ones what is not needed at first is taken on other threads. */
const largeBytes = 1 << 25;

/**
 * SHA-256 of every file or, where it is recorded, no reading for it. Chunks and parts of large files are digested behind
 * that, and what is not through when `Hashing` is disposed of is given up. Throws `E_CONFLICT` for a file that changes
 * meanwhile.
 */
export async function beginHashing(
  files: readonly WeightFile[],
  options: HashOptions = {},
): Promise<Hashing> {
  const tools: HashingTools = {
    behind: new DigestThreads(),
    stop: new AbortController(),
    running: [],
  };
  const end = async (): Promise<void> => {
    tools.stop.abort(
      new WeightsError("E_CONFLICT", "the publish ended before its files were read"),
    );
    await Promise.allSettled(tools.running);
    await tools.behind.close();
  };
  try {
    const hashed = await parallel(files, options.concurrency ?? 4, (file) =>
      hashOne(file, options, tools),
    );
    return { files: hashed, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** `beginHashing`, to its end. */
export async function hashFiles(
  files: readonly WeightFile[],
  options: HashOptions = {},
): Promise<IndexedFile[]> {
  await using hashing = await beginHashing(files, options);
  return await withIndexes(hashing.files);
}

/** Waits for the chunk indexes. Throws `E_CONFLICT` for a file that changed meanwhile. */
export async function withIndexes(files: readonly HashedFile[]): Promise<IndexedFile[]> {
  return await Promise.all(
    files.map(async (file) => ({ ...file, ...(file.index && { chunks: await file.index }) })),
  );
}

async function hashOne(
  file: WeightFile,
  options: HashOptions,
  tools: HashingTools,
): Promise<HashedFile> {
  options.signal?.throwIfAborted();
  const { cache } = options;
  const wantsChunks = options.chunks === true && file.size >= chunkDefaults.minFileBytes;
  const recorded = await cache?.proven(file.path);
  const chunks = recorded && wantsChunks ? await kept(file.name, recorded, cache) : undefined;
  if (recorded !== undefined) options.onProgress?.(file, file.size);
  const startedAtMs = Date.now();
  const read = {
    ...(options.signal && { signal: options.signal }),
    onProgress: (bytes: number) => options.onProgress?.(file, bytes),
  };
  if (file.size >= largeBytes) {
    const whole = recorded ?? hashOnThread(file.path, read);
    const behind = digestBehind(file, options, { sha256: whole, chunks, wantsChunks, tools });
    const sha256 = await whole;
    await expectUntouched(file);
    if (recorded === undefined) await cache?.prove(file.path, sha256, { startedAtMs });
    return { ...file, sha256, ...behind };
  }
  if (recorded !== undefined && (chunks !== undefined || !wantsChunks)) {
    return { ...file, sha256: recorded, ...(chunks && { index: Promise.resolve(chunks) }) };
  }
  const made = wantsChunks ? await indexFile(file.path, read) : undefined;
  const sha256 = made?.sha256 ?? (await hashFile(file.path, read));
  const index = made && chunkIndexFile(file.name, made);
  await expectUntouched(file);
  await cache?.prove(file.path, sha256, { startedAtMs });
  if (index) await cache?.keepChunkIndex?.(sha256, index.bytes);
  return { ...file, sha256, ...(index && { index: Promise.resolve(index) }) };
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
