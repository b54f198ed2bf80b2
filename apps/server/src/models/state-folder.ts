import { createHash } from "node:crypto";
import { join } from "node:path";
import { parseStoreUrl } from "@plimsoll/storage";

/**
 * Where a server remembers what it served. Each store has a folder of its own: two projects of one user share the cache,
 * and their models may have the same names.
 */
export function stateFolder(cacheDir: string, store: string | undefined): string {
  if (store === undefined) return join(cacheDir, "serving");
  const key = createHash("sha256").update(nameOf(store)).digest("hex").slice(0, 16);
  return join(cacheDir, "serving", key);
}

/** A folder by its whole path. What is no store URL is told by whoever opens it. */
function nameOf(store: string): string {
  try {
    return parseStoreUrl(store).url;
  } catch {
    return store;
  }
}
