import type { CacheStatus } from "./cache.ts";
import type { CacheContext } from "./context.ts";
import { diskError } from "./disk-error.ts";
import { liveLeases } from "./lease.ts";
import { listBlobs, usedAt } from "./list-blobs.ts";
import { listPartials } from "./partial.ts";
import { pins } from "./pin.ts";

/** What lies in the cache and what it was good for; hashes nothing. The least recently used file comes last. */
export async function status(context: CacheContext): Promise<CacheStatus> {
  const { layout } = context;
  try {
    const blobs = (await listBlobs(layout)).filter(({ stats }) => stats.isFile());
    const partials = await listPartials(layout);
    const uses = await context.uses.read();
    const pinned = await pins(context);
    const leased = await liveLeases(context);
    const files = blobs.map((blob) => ({
      sha256: blob.sha256,
      size: Number(blob.stats.size),
      usedAt: new Date(usedAt(blob, uses.usedAt)),
      pinned: pinned.has(blob.sha256),
      leased: leased.has(blob.sha256),
      linked: blob.stats.nlink > 1n,
    }));
    const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0);
    return {
      dir: layout.dir,
      blobs: files.length,
      bytes: sum(files.map(({ size }) => size)),
      partials: partials.length,
      partialBytes: sum(partials.map(({ bytes }) => bytes)),
      hits: uses.hits,
      misses: uses.misses,
      files: files.sort((a, b) => b.usedAt.getTime() - a.usedAt.getTime()),
    };
  } catch (error) {
    throw diskError(error, layout.dir, "list the cache");
  }
}
