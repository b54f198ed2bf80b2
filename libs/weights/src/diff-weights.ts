import { lstat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Cache, openCache } from "@plimsoll/cache";
import {
  type Chunk,
  chunkDefaults,
  decodeChunkIndex,
  resolveUrl,
  sha256 as sha256Of,
  sizeBounds,
  type WeightEntry,
} from "@plimsoll/manifest";
import { cachedChunkIndex, chunkIndexName, indexFile } from "./chunk-index-of.ts";
import { type ComparedFile, updateShare, type UpdateShare } from "./chunk-share.ts";
import { type Connections, openConnections } from "./connections.ts";
import { downloadDocument } from "./download-document.ts";
import { openSource } from "./open-source.ts";
import { readObject } from "./read-object.ts";
import type { SyncOptions } from "./sync-request.ts";
import type { SyncSource } from "./sync-source.ts";

/** One side of a comparison: a weight file, a manifest, a folder with one, or a version in a store. */
export type DiffSide = Pick<SyncOptions, "from" | "model" | "release" | "channel">;

/** What `diffWeights` takes. */
export interface DiffOptions extends Pick<
  SyncOptions,
  "headers" | "allowHttp" | "keys" | "cache" | "openStore" | "fetch" | "signal" | "env" | "offline"
> {
  readonly before: DiffSide;
  readonly after: DiffSide;
  readonly onWarning?: (message: string) => void;
}

/**
 * What an update from one side to the other would cost: the bytes of files and chunks that nobody who has the old side
 * has. Chunk lists come from the cache, the stores or, for files on this disk, from reading them; a file without any
 * is shared as a whole or not at all. Throws what a sync throws for sources that cannot be read.
 */
export async function diffWeights(options: DiffOptions): Promise<UpdateShare> {
  const connections = openConnections(options);
  try {
    const cache = options.cache ?? (await openCache(options.env ? { env: options.env } : {}));
    const before = await compared(options.before, options, connections, cache);
    const after = await compared(options.after, options, connections, cache);
    // Of two files the names do not matter.
    const name = before.length === 1 && after.length === 1 ? after[0]?.name : undefined;
    const renamed = name === undefined ? before : before.map((file) => ({ ...file, name }));
    return updateShare(renamed, after);
  } finally {
    await connections.close();
  }
}

async function compared(
  side: DiffSide,
  options: DiffOptions,
  connections: Connections,
  cache: Cache,
): Promise<readonly ComparedFile[]> {
  const file = await weightFile(side.from);
  if (file !== undefined) {
    const { size, sha256, chunks } = await indexFile(file, call(options));
    return [{ name: basename(file), size, sha256, chunks }];
  }
  const warn = (message: string): void => options.onWarning?.(message);
  const source = await openSource({ ...options, ...side }, connections, warn);
  return await manifestFiles(source, options, connections, cache);
}

/** The path of a file that is no manifest, or undefined. */
async function weightFile(from: string): Promise<string | undefined> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(from) || from.toLowerCase().endsWith(".json"))
    return undefined;
  const path = resolve(from);
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isFile() ? path : undefined;
}

async function manifestFiles(
  source: SyncSource,
  options: DiffOptions,
  connections: Connections,
  cache: Cache,
): Promise<readonly ComparedFile[]> {
  const files: ComparedFile[] = [];
  for (const [name, entry] of source.manifest.manifest.weights) {
    options.signal?.throwIfAborted();
    const { checksum } = entry;
    const size = entry.size ?? sizeBounds(entry)?.max ?? 0;
    const chunks =
      size < chunkDefaults.minFileBytes || checksum === undefined
        ? undefined
        : await chunksOf({ name, checksum, entry }, source, options, connections, cache);
    files.push({ name, size, sha256: checksum, chunks });
  }
  return files;
}

async function chunksOf(
  file: { readonly name: string; readonly checksum: string; readonly entry: WeightEntry },
  source: SyncSource,
  options: DiffOptions,
  connections: Connections,
  cache: Cache,
): Promise<readonly Chunk[] | undefined> {
  const { name, checksum, entry } = file;
  const known = await cachedChunkIndex(name, checksum, cache);
  if (known) return known.index.chunks;
  try {
    const bytes = await readIndex(file, source, options, connections);
    if (bytes !== undefined) {
      const index = decodeChunkIndex(bytes, name);
      if (index.sha256 === checksum) return index.chunks;
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    options.onWarning?.(`${name}: its chunk index cannot be had: ${String(error)}`);
  }
  // What lies beside a local manifest may be read instead.
  const path = source.path === undefined ? undefined : join(dirname(source.path), name);
  const stats = path === undefined ? undefined : await lstat(path).catch(() => undefined);
  if (path === undefined || !stats?.isFile() || stats.size !== entry.size) return undefined;
  const index = await indexFile(path, call(options));
  return index.sha256 === checksum ? index.chunks : undefined;
}

async function readIndex(
  { name, entry }: { readonly name: string; readonly entry: WeightEntry },
  source: SyncSource,
  options: DiffOptions,
  connections: Connections,
): Promise<Uint8Array | undefined> {
  const { chunks } = entry;
  if (chunks === undefined) return undefined;
  const own = source.own?.(chunkIndexName(name));
  const url = own ?? resolveUrl(chunks.url, source.base);
  if (options.offline && !/^file:/i.test(url)) return undefined;
  const bytes = await readUrl(url, chunks.size, options, connections);
  return bytes && sha256Of(bytes) === chunks.checksum ? bytes : undefined;
}

async function readUrl(
  url: string,
  maxBytes: number,
  { signal }: DiffOptions,
  connections: Connections,
): Promise<Uint8Array | undefined> {
  if (/^https?:/i.test(url)) {
    return await downloadDocument(url, connections, { maxBytes, ...(signal && { signal }) });
  }
  const { driver, key } = await connections.resolve(url);
  return (await readObject(driver, key, { maxBytes, signal }))?.bytes;
}

const call = ({ signal }: DiffOptions): { readonly signal?: AbortSignal } =>
  signal ? { signal } : {};
