import type { CacheContext } from "./context.ts";
import { unlinkQuietly } from "./durable.ts";
import { lockOnce } from "./leftovers.ts";
import { liveLeases } from "./lease.ts";

/**
 * Unlinks one blob, unless a process is bringing it or reads it under a lease. Whoever takes a lease looks at the lock
 * after the lease is written, and here the leases are looked at after the lock is taken: one of the two sees the other.
 */
export async function removeBlob(
  context: CacheContext,
  sha256: string,
): Promise<"removed" | "reserved" | "leased"> {
  const lock = await lockOnce(context, sha256);
  if (!lock) return "reserved";
  try {
    if ((await liveLeases(context)).has(sha256)) return "leased";
    await unlinkQuietly(context.layout.blob(sha256));
    return "removed";
  } finally {
    await lock.release();
  }
}
