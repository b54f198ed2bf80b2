import type { ClearResult } from "./cache.ts";
import type { CacheContext } from "./context.ts";
import { sweepIndexes } from "./chunk-indexes.ts";
import { diskError } from "./disk-error.ts";
import { sweepCache, sweepPartials } from "./leftovers.ts";
import { listBlobs } from "./list-blobs.ts";
import { removeBlob } from "./remove-blob.ts";
import { sweepFolderStates } from "./sweep-states.ts";

/** Unlinks every blob and partial file that no process is bringing or holds a lease on. Pins are for `gc` only. */
export async function clear(context: CacheContext): Promise<ClearResult> {
  const { layout } = context;
  try {
    await context.prepare();
    await sweepCache(context);
    const kept = new Set<string>();
    let blobs = 0;
    let bytes = 0;
    let linkedBytes = 0;
    for (const { sha256, stats } of await listBlobs(layout)) {
      if (!stats.isFile() || (await removeBlob(context, sha256)) !== "removed") {
        kept.add(sha256);
        continue;
      }
      blobs += 1;
      if (stats.nlink > 1n) linkedBytes += Number(stats.size);
      else bytes += Number(stats.size);
    }
    const partials = await sweepPartials(context, 0);
    await sweepIndexes(context, 0);
    await context.blobProofs.keep(kept);
    await sweepFolderStates(context);
    return { blobs, bytes: bytes + partials.bytes, linkedBytes, kept: kept.size };
  } catch (error) {
    throw diskError(error, layout.dir, "clear the cache");
  }
}
