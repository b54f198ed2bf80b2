import type { Cache } from "@plimsoll/cache";
import {
  type Chunk,
  decodeChunkIndex,
  sha256,
  sizeBounds,
  type WeightEntry,
} from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { cachedChunkIndex, chunkIndexName } from "./chunk-index-of.ts";
import { type ComparedFile, updateShare } from "./chunk-share.ts";
import type { IndexedFile } from "./hash-files.ts";
import { codeOf } from "./problem.ts";
import { readObject } from "./read-object.ts";
import { readRelease, type StoredRelease } from "./read-release.ts";
import { storeKeys } from "./store-keys.ts";

/** What somebody who has the version before would fetch. */
export interface UpdateCost {
  /** The version that is compared with: what the channel names, else the newest. */
  readonly from: string;
  /** Of all files of the new version. */
  readonly bytes: number;
  readonly sharedBytes: number;
  readonly fetchBytes: number;
}

/**
 * What an update to these files would cost readers of the version before, which is what `channel` names, else the
 * newest; undefined where there is none, and where the store does not tell.
 */
export async function updateCost(
  driver: Driver,
  request: {
    readonly model: string;
    readonly release: string;
    readonly channel?: string | undefined;
    readonly files: readonly IndexedFile[];
    readonly cache?: Pick<Cache, "chunkIndex"> | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<UpdateCost | undefined> {
  const { model, release, files, signal } = request;
  if (!files.some(({ chunks }) => chunks !== undefined)) return undefined;
  try {
    const before = await releaseBefore(driver, request);
    if (before === undefined || before.version === release) return undefined;
    const old: ComparedFile[] = [];
    for (const [name, entry] of before.manifest.manifest.weights) {
      signal?.throwIfAborted();
      const size = entry.size ?? sizeBounds(entry)?.max ?? 0;
      const chunks = await chunksOf(driver, before, name, entry, request);
      old.push({ name, size, sha256: entry.checksum, chunks });
    }
    const share = updateShare(
      old,
      files.map((file) => ({ ...file, chunks: file.chunks?.index.chunks })),
    );
    const { bytes, sharedBytes, fetchBytes } = share;
    return { from: before.version, bytes, sharedBytes, fetchBytes };
  } catch (error) {
    signal?.throwIfAborted();
    // It is only told: no publish fails for it.
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }

  function releaseBefore(
    store: Driver,
    { channel }: { readonly channel?: string | undefined },
  ): Promise<StoredRelease | undefined> {
    const read = async (named: string | undefined): Promise<StoredRelease | undefined> =>
      await readRelease(store, model, undefined, {
        allowYanked: true,
        ...(named !== undefined && { channel: named }),
        ...(signal && { signal }),
      }).catch((error: unknown) => {
        if (codeOf(error) === "E_NOT_FOUND") return undefined;
        throw error;
      });
    return channel === undefined
      ? read(undefined)
      : read(channel).then((found) => found ?? read(undefined));
  }
}

async function chunksOf(
  driver: Driver,
  { version, model }: StoredRelease,
  name: string,
  { checksum, chunks }: WeightEntry,
  {
    cache,
    signal,
  }: {
    readonly cache?: Pick<Cache, "chunkIndex"> | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<readonly Chunk[] | undefined> {
  if (chunks === undefined || checksum === undefined) return undefined;
  const kept = await cachedChunkIndex(name, checksum, cache);
  if (kept) return kept.index.chunks;
  const key = storeKeys.version(model, version) + chunkIndexName(name);
  const object = await readObject(driver, key, { maxBytes: chunks.size, signal });
  if (object === undefined || sha256(object.bytes) !== chunks.checksum) return undefined;
  return decodeChunkIndex(object.bytes, name).chunks;
}
