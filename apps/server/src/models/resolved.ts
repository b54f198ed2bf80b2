import type { Cache } from "@plimsoll/cache";
import type { ModelFiles } from "@plimsoll/inference";

/** Where the files of a version were found. */
export type FoundIn = "local" | "cache" | "store";

/** A version whose files are on this disk, kept from the cache's removal until it is released. */
export interface Resolved {
  readonly files: ModelFiles;
  readonly foundIn: FoundIn;
  /** Bytes that came over the network for it, and how long that took. */
  readonly received: { readonly bytes: number; readonly durationMs: number };
  release(): Promise<void>;
}

/** Leases every file of a version in the cache: neither `gc` nor `clear` of any process removes it while it is loaded. */
export async function keepFiles(
  cache: Cache,
  files: ModelFiles,
  facts: Omit<Resolved, "files" | "release">,
): Promise<Resolved> {
  const leases = await Promise.all(files.files.map(({ sha256 }) => cache.lease(sha256)));
  let isReleased = false;
  return {
    files,
    ...facts,
    async release() {
      if (isReleased) return;
      isReleased = true;
      await Promise.all(leases.map((lease) => lease?.release()));
    },
  };
}
