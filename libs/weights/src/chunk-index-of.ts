import type { Cache } from "@plimsoll/cache";
import {
  buildChunkIndex,
  type BuildChunkIndexOptions,
  type ChunkIndex,
  decodeChunkIndex,
  encodeChunkIndex,
  sha256 as sha256Of,
} from "@plimsoll/manifest";
import { withRandomAccess } from "./scan-weight-file.ts";

/** The chunk index of a weight file, as it is published beside it. */
export interface ChunkIndexFile {
  /** `<file>.chunks`. */
  readonly name: string;
  readonly size: number;
  /** Of `bytes`, hex. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly index: ChunkIndex;
}

/** Name of what lies beside a weight file. */
export const chunkIndexName = (name: string): string => `${name}.chunks`;

/** An index as the file that is published. */
export function chunkIndexFile(name: string, index: ChunkIndex): ChunkIndexFile {
  return describe(name, index, encodeChunkIndex(index));
}

/** The chunk index that the cache has of a file with this digest, if it is one. */
export async function cachedChunkIndex(
  name: string,
  sha256: string,
  cache: Pick<Cache, "chunkIndex"> | undefined,
): Promise<ChunkIndexFile | undefined> {
  const bytes = await cache?.chunkIndex(sha256);
  if (bytes === undefined) return undefined;
  try {
    const index = decodeChunkIndex(bytes, name);
    return index.sha256 === sha256 ? describe(name, index, bytes) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a file once, for its digest and those of its chunks. */
export async function indexFile(
  path: string,
  options: Omit<BuildChunkIndexOptions, "averageBytes"> = {},
): Promise<ChunkIndex> {
  return await withRandomAccess(path, async (file) => await buildChunkIndex(file, options));
}

function describe(name: string, index: ChunkIndex, bytes: Uint8Array): ChunkIndexFile {
  return {
    name: chunkIndexName(name),
    size: bytes.length,
    sha256: sha256Of(bytes),
    bytes,
    index,
  };
}
