import { syncWeights } from "./sync.ts";
import type { SyncOptions, SyncResult } from "./sync-request.ts";

/**
 * Hashes every file of a manifest that is in an app's folder, whatever was proven before, and mends what is damaged: of
 * a file with a chunk index only the damaged chunks are fetched, the others are taken from the damaged copy. Missing
 * files are brought as by a sync. The file itself is replaced as a whole, when all of it is right. Throws what
 * `syncWeights` throws.
 */
export async function repairWeights(
  options: Omit<SyncOptions, "force" | "full" | "verifyOnly">,
): Promise<SyncResult> {
  return await syncWeights({ ...options, full: true });
}
