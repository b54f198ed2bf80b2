import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { isDigest } from "@plimsoll/manifest";
import type { IndexedBlob } from "./cache.ts";
import type { CacheContext } from "./context.ts";
import { diskError, systemCode } from "./disk-error.ts";
import { renameOver, unlinkQuietly } from "./durable.ts";
import { look } from "./file-state.ts";
import { newToken } from "./holder.ts";
import { namesIn } from "./leftovers.ts";

/** An index of the most chunks that its format allows; larger ones are not ours. */
const mostBytes = 36 * (1 << 20) + 56;
/** Blobs that are looked at for shared chunks, unless the caller says another number. */
const mostBlobs = 32;

/** The chunk index that was kept for a file, or undefined. */
export async function chunkIndex(
  { layout }: CacheContext,
  sha256: string,
): Promise<Uint8Array | undefined> {
  const path = layout.chunkIndex(sha256);
  try {
    const stats = await look(path);
    return stats?.isFile() && stats.size <= mostBytes ? await readFile(path) : undefined;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw diskError(error, path, "read the chunk index");
  }
}

/** Keeps the chunk index of a file, whole or not at all; without a flush, for it can be had again. */
export async function keepChunkIndex(
  context: CacheContext,
  sha256: string,
  index: Uint8Array,
): Promise<void> {
  const path = context.layout.chunkIndex(sha256);
  if (index.length > mostBytes || !(await context.writable())) return;
  const temporary = context.layout.temporary(newToken());
  try {
    await mkdir(context.layout.indexes, { recursive: true, mode: 0o755 });
    await writeFile(temporary, index, { flag: "wx", mode: 0o644 });
    await renameOver(temporary, path);
  } catch (error) {
    await unlinkQuietly(temporary).catch(() => undefined);
    if (systemCode(error) === undefined) throw diskError(error, path, "keep the chunk index");
  }
}

/** Blobs whose chunk index is here, the newest index first. */
export async function indexed(
  { layout }: CacheContext,
  limit: number = mostBlobs,
): Promise<readonly IndexedBlob[]> {
  try {
    const found: (IndexedBlob & { readonly keptAt: number })[] = [];
    for (const sha256 of (await namesIn(layout.indexes)).filter(isDigest)) {
      const index = await look(layout.chunkIndex(sha256));
      const path = layout.blob(sha256);
      const blob = await look(path);
      if (!index?.isFile() || !blob?.isFile() || index.size > mostBytes) continue;
      const keptAt = Number(index.mtimeMs);
      const size = Number(blob.size);
      found.push({ sha256, path, size, indexBytes: Number(index.size), keptAt });
    }
    found.sort((a, b) => b.keptAt - a.keptAt);
    return found.slice(0, limit).map(({ keptAt: _keptAt, ...blob }) => blob);
  } catch (error) {
    throw diskError(error, layout.indexes, "look for chunk indexes");
  }
}

/** Removes indexes that are older than `graceMs` and whose blob is gone. */
export async function sweepIndexes({ layout, now }: CacheContext, graceMs: number): Promise<void> {
  for (const sha256 of (await namesIn(layout.indexes)).filter(isDigest)) {
    const path = layout.chunkIndex(sha256);
    if (await look(layout.blob(sha256))) continue;
    const stats = await stat(path).catch(() => undefined);
    if (stats && now() - stats.mtimeMs >= graceMs) await unlinkQuietly(path);
  }
}
