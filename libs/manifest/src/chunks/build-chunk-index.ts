import { createHash } from "node:crypto";
import { tensorBoundaries } from "./chunk-boundaries.ts";
import { chunkIndexBytes, maxChunks, type Chunk, type ChunkIndex } from "./chunk-index.ts";
import { GearCutter } from "./gear.ts";
import type { RandomAccess } from "../bytes/random-access.ts";

export const chunkDefaults = {
  /** Average length of a chunk: 256 KiB. */
  averageBytes: 1 << 18,
  /** Smaller files get no index: fetching them whole costs less than two requests. */
  minFileBytes: 1 << 20,
  /** An index larger than this share of its file is made coarser. */
  maxIndexShare: 0.0002,
  /** Above this many chunks on average they are made longer: 8 GiB at 256 KiB. */
  maxAverageChunks: 1 << 15,
} as const;

export interface BuildChunkIndexOptions {
  /** A power of two, at least 4,096; default 256 KiB, longer for files of many GB. */
  readonly averageBytes?: number;
  readonly signal?: AbortSignal;
  /** Called with the bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
}

const blockBytes = 1 << 20;

/** The average chunk length that is used for a file of `size` bytes when none is asked for. */
export function averageChunkBytes(size: number): number {
  let average: number = chunkDefaults.averageBytes;
  while (size / average > chunkDefaults.maxAverageChunks) average *= 2;
  return average;
}

/**
 * Cuts a file into chunks and digests them and the whole in one pass: where the tensors begin if the format tells
 * (`tensorBoundaries`), else by content (`GearCutter`). The same bytes always give the same index.
 */
export async function buildChunkIndex(
  file: RandomAccess,
  options: BuildChunkIndexOptions = {},
): Promise<ChunkIndex> {
  const averageBytes = options.averageBytes ?? averageChunkBytes(file.size);
  const boundaries = await tensorBoundaries(file, averageBytes);
  const index = await digestChunks(file, boundaries, averageBytes, options);
  const share = chunkIndexBytes(index.chunks.length) / file.size;
  const tooLarge = share > chunkDefaults.maxIndexShare || index.chunks.length > maxChunks;
  if (!tooLarge || options.averageBytes !== undefined || index.chunks.length < 2) return index;
  return buildChunkIndex(file, { ...options, averageBytes: averageBytes * 2 });
}

async function digestChunks(
  file: RandomAccess,
  boundaries: readonly number[] | undefined,
  averageBytes: number,
  { signal, onProgress }: BuildChunkIndexOptions,
): Promise<ChunkIndex> {
  const whole = createHash("sha256");
  const chunks: Chunk[] = [];
  const gear = new GearCutter({ averageBytes });
  let part = createHash("sha256");
  let begin = 0;
  const close = (end: number): void => {
    chunks.push({ offset: begin, length: end - begin, sha256: part.digest("hex") });
    part = createHash("sha256");
    begin = end;
  };
  for (let at = 0; at < file.size; at += blockBytes) {
    signal?.throwIfAborted();
    const block = await file.read(at, Math.min(blockBytes, file.size - at));
    whole.update(block);
    let from = 0;
    while (from < block.length) {
      const end =
        boundaries === undefined
          ? gear.next(block, from, block.length)
          : within(boundaries[chunks.length], at, block.length);
      part.update(block.subarray(from, end < 0 ? block.length : end));
      if (end < 0) break;
      close(at + end);
      from = end;
    }
    onProgress?.(at + block.length);
  }
  if (begin < file.size) close(file.size);
  return { size: file.size, sha256: whole.digest("hex"), chunks };
}

/** The boundary as an offset in the block that begins at `at`, or -1 where it lies beyond. */
const within = (boundary: number | undefined, at: number, length: number): number =>
  boundary === undefined || boundary - at > length ? -1 : boundary - at;
