import type { GcOptions, GcResult } from "./cache.ts";
import type { CacheContext } from "./context.ts";
import { cacheDefaults } from "./defaults.ts";
import { sweepIndexes } from "./chunk-indexes.ts";
import { diskError } from "./disk-error.ts";
import { liveLeases } from "./lease.ts";
import { sweepCache } from "./leftovers.ts";
import { listBlobs, usedAt } from "./list-blobs.ts";
import { pins } from "./pin.ts";
import { removeBlob } from "./remove-blob.ts";
import { sweepFolderStates } from "./sweep-states.ts";

/** A chunk index without its blob is of use to a further publish of the same file; it is some 0.01 % of that. */
const indexGraceMs = 30 * 86_400_000;

/**
 * Removes what killed processes left, then blobs until those that only the cache holds fit into the budget: the least
 * recently used first, never one that is pinned, leased, being brought or used within the grace period. A blob that an
 * app's folder shares by hard link takes no room of its own: it does not count, and it stays (row D12).
 */
export async function gc(context: CacheContext, options: GcOptions = {}): Promise<GcResult> {
  const { layout, now } = context;
  const { budgetBytes = Number.POSITIVE_INFINITY, dryRun = false } = options;
  const { graceMs = cacheDefaults.graceMs } = options;
  try {
    if (!dryRun) {
      await context.prepare();
      await sweepCache(context);
      await sweepFolderStates(context);
    }
    const all = (await listBlobs(layout)).filter(({ stats }) => stats.isFile());
    const { usedAt: noted } = await context.uses.read();
    const pinned = await pins(context);
    const leased = await liveLeases(context);
    const own = all
      .filter(({ stats }) => stats.nlink === 1n)
      .map((blob) => ({
        sha256: blob.sha256,
        size: Number(blob.stats.size),
        usedAt: new Date(usedAt(blob, noted)),
      }))
      .sort((a, b) => a.usedAt.getTime() - b.usedAt.getTime());
    let bytes = own.reduce((sum, { size }) => sum + size, 0);
    const removed: (typeof own)[number][] = [];
    for (const blob of own) {
      if (bytes <= budgetBytes) break;
      if (pinned.has(blob.sha256) || leased.has(blob.sha256)) continue;
      // Read again, for another process may have found it since; free where nothing was noted.
      const latest = (await context.uses.read()).usedAt.get(blob.sha256) ?? blob.usedAt.getTime();
      if (now() - latest < graceMs) continue;
      if (!dryRun && (await removeBlob(context, blob.sha256)) !== "removed") continue;
      bytes -= blob.size;
      removed.push(blob);
    }
    if (!dryRun && removed.length > 0) {
      const gone = new Set(removed.map(({ sha256 }) => sha256));
      const names = all.map(({ sha256 }) => sha256).filter((sha256) => !gone.has(sha256));
      await context.blobProofs.keep(new Set(names));
    }
    if (!dryRun) await sweepIndexes(context, indexGraceMs);
    return {
      removed,
      removedBytes: removed.reduce((sum, { size }) => sum + size, 0),
      bytes,
      overBytes: Math.max(0, bytes - budgetBytes),
    };
  } catch (error) {
    throw diskError(error, layout.dir, "make room in the cache");
  }
}
