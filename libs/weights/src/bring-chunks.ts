import { lstat, readFile, unlink } from "node:fs/promises";
import type { Cache } from "@plimsoll/cache";
import type { FetchRequest, LocalFile } from "@plimsoll/fetch";
import { chunkDefaults, type ChunkIndex, decodeChunkIndex, sha256 } from "@plimsoll/manifest";
import type { BringContext, WantedFile } from "./bring-file.ts";
import { cachedChunkIndex, chunkIndexName, indexFile } from "./chunk-index-of.ts";
import { locateEntry } from "./locations.ts";

/** Chunk indexes of the cache that are read to look for shared chunks, bytes. */
const MOST_INDEX_BYTES = 16 * 1024 * 1024;

/** How a file may be brought by its chunks. */
export interface ChunkedWay {
  readonly request: Pick<FetchRequest, "chunks" | "local">;
  /** The chunk index, to be kept when the file is there. */
  readonly index: Uint8Array | undefined;
  readonly receivedBytes: number;
}

const WHOLE: ChunkedWay = { request: {}, index: undefined, receivedBytes: 0 };

/**
 * The chunks of a file as the manifest pins them, and the local files that may have some: other versions in the cache,
 * what lies in the app's folder. Without a chunk index, or where that cannot be had, the file is brought whole.
 * `temporary`: a path for the index while it comes.
 */
export async function chunkedWay(
  file: WantedFile,
  digest: string,
  context: BringContext,
  temporary: string,
): Promise<ChunkedWay> {
  const { entry } = file;
  if (entry.chunks === undefined || entry.encoding !== undefined) return WHOLE;
  if (entry.parts !== undefined && entry.url === undefined) return WHOLE;
  const { cache, force, signal } = context;
  const found = await readIndex(file, digest, context, temporary);
  if (found === undefined) return WHOLE;
  const { index, bytes, receivedBytes } = found;
  const chunks = index.chunks;
  if (force) return { request: { chunks }, index: bytes, receivedBytes };
  const local = [...(await relatives(index, cache)), ...(await placed(file, signal))];
  return { request: { chunks, local }, index: bytes, receivedBytes };
}

async function readIndex(
  { name, entry }: WantedFile,
  digest: string,
  { cache, connections, source, offline, signal, warn }: BringContext,
  temporary: string,
): Promise<{ index: ChunkIndex; bytes: Uint8Array; receivedBytes: number } | undefined> {
  const { chunks } = entry;
  if (chunks === undefined) return undefined;
  const { url, size, checksum } = chunks;
  const kept = await cache.chunkIndex(digest);
  const isKept = kept !== undefined && sha256(kept) === checksum;
  try {
    const bytes = isKept ? kept : await fetchIndex();
    const index = decodeChunkIndex(bytes, name);
    if (index.sha256 !== digest || (entry.size ?? index.size) !== index.size) {
      throw new Error(`${name}: its chunk index is of another file`);
    }
    return { index, bytes, receivedBytes: isKept ? 0 : bytes.length };
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    if (!offline) warn?.(`${name}: fetched whole, without its chunk index: ${reason}`);
    return undefined;
  }

  async function fetchIndex(): Promise<Uint8Array> {
    const { withToken } = connections;
    const own = chunkIndexName(name);
    const urls = locateEntry(own, { url }, source, { offline, withToken });
    const fetcher = await connections.fetcher();
    try {
      await fetcher.fetchFile(
        { name: own, urls, to: temporary, partial: `${temporary}.partial`, size, sha256: checksum },
        { ...(signal && { signal }), onEvent: () => undefined },
      );
      return await readFile(temporary);
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
  }
}

/** Blobs of the cache that share chunks with a file, the one that shares most first. */
export async function relatives(
  index: ChunkIndex,
  cache: Pick<Cache, "indexed" | "chunkIndex">,
): Promise<LocalFile[]> {
  const wanted = new Set(index.chunks.map((chunk) => chunk.sha256));
  const found: { readonly file: LocalFile; readonly shared: number }[] = [];
  let bytes = 0;
  for (const blob of await cache.indexed()) {
    if (blob.sha256 === index.sha256) continue;
    bytes += blob.indexBytes;
    if (bytes > MOST_INDEX_BYTES) break;
    const other = await cachedChunkIndex("", blob.sha256, cache);
    const chunks = other?.index.chunks ?? [];
    const shared = chunks.reduce((sum, { sha256: digest, length }) => {
      return wanted.has(digest) ? sum + length : sum;
    }, 0);
    if (shared > 0) found.push({ file: { path: blob.path, chunks }, shared });
  }
  return found.sort((a, b) => b.shared - a.shared).map(({ file }) => file);
}

/** What lies in the file's place: a damaged copy of it, or some version that another tool put there. */
async function placed({ path }: WantedFile, signal: AbortSignal | undefined): Promise<LocalFile[]> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats?.isFile() || stats.size < chunkDefaults.minFileBytes) return [];
  const cut = async (): Promise<ChunkIndex["chunks"]> =>
    (await indexFile(path, signal ? { signal } : {})).chunks;
  return [{ path }, { path, chunks: cut }];
}
