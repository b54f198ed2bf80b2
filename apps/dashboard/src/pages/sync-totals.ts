import type { SyncFile } from "@plimsoll/api";

/** All files of a sync in one line. */
export interface SyncTotals {
  readonly size: number;
  readonly received: number;
  readonly bytesPerSecond: number;
  /** 0 to 1; by bytes, and by files where no size is known. 1 without files. */
  readonly share: number;
  /** Milliseconds; undefined while nothing moves. */
  readonly leftMs: number | undefined;
  readonly verified: number;
  readonly failed: number;
}

/** Sums what arrives. A verified file counts in full, whatever it said it had received (it may come from the cache). */
export function syncTotals(files: readonly SyncFile[]): SyncTotals {
  let size = 0;
  let received = 0;
  let bytesPerSecond = 0;
  let verified = 0;
  let failed = 0;
  for (const file of files) {
    size += file.size;
    received += file.state === "verified" ? file.size : Math.min(file.received, file.size);
    if (file.state === "fetching") bytesPerSecond += file.bytesPerSecond;
    if (file.state === "verified") verified += 1;
    if (file.state === "failed") failed += 1;
  }
  const byFiles = files.length === 0 ? 1 : verified / files.length;
  return {
    size,
    received,
    bytesPerSecond,
    share: size > 0 ? received / size : byFiles,
    leftMs: bytesPerSecond > 0 ? ((size - received) / bytesPerSecond) * 1000 : undefined,
    verified,
    failed,
  };
}
