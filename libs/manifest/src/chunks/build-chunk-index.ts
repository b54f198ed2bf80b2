import { digestFile, type DigestFileOptions, type FileDigests } from "../digests/digest-file.ts";
import type { RandomAccess } from "../bytes/random-access.ts";
import { chunkIndexBytes, maxChunks, type ChunkIndex } from "./chunk-index.ts";

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

export interface BuildChunkIndexOptions extends Omit<DigestFileOptions, "averageChunkBytes"> {
  /** A power of two, at least 4,096; default 256 KiB, longer for files of many GB. */
  readonly averageBytes?: number;
}

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
): Promise<ChunkIndex & Pick<FileDigests, "md5Parts">> {
  const { averageBytes: asked, ...rest } = options;
  const averageBytes = asked ?? averageChunkBytes(file.size);
  const read = await digestFile(file, { ...rest, averageChunkBytes: averageBytes });
  const { chunks = [], ...whole } = read;
  const share = chunkIndexBytes(chunks.length) / file.size;
  const tooLarge = share > chunkDefaults.maxIndexShare || chunks.length > maxChunks;
  if (!tooLarge || asked !== undefined || chunks.length < 2) return { ...whole, chunks };
  const { md5PartBytes: _, ...again } = { ...rest, sha256: whole.sha256 };
  const coarser = await buildChunkIndex(file, { ...again, averageBytes: averageBytes * 2 });
  return { ...coarser, md5Parts: whole.md5Parts };
}
