import { findBlob } from "./blob.ts";
import type { CacheCheck } from "./cache.ts";
import type { CacheContext } from "./context.ts";
import { listBlobs } from "./list-blobs.ts";

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytes: number) => void;
}

/** Hashes every blob, whatever is recorded, one after the other; the damaged are removed. */
export async function verify(
  context: CacheContext,
  options: VerifyOptions = {},
): Promise<CacheCheck> {
  const { signal, onProgress } = options;
  let bytes = 0;
  const onBlock = (block: number): void => {
    bytes += block;
    onProgress?.(bytes);
  };
  let checked = 0;
  const damaged: { sha256: string; path: string }[] = [];
  for (const { sha256, path } of await listBlobs(context.layout)) {
    const found = await findBlob(context, sha256, {
      full: true,
      onBlock,
      ...(signal && { signal }),
    });
    checked += 1;
    if (found === undefined) damaged.push({ sha256, path });
  }
  return { checked, damaged };
}
