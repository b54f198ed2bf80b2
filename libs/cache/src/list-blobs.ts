import type { BigIntStats } from "node:fs";
import { look } from "./file-state.ts";
import { namesIn } from "./leftovers.ts";
import type { Layout } from "./layout.ts";

/** One file that has a blob's name, whatever it holds. */
export interface BlobFile {
  readonly sha256: string;
  readonly path: string;
  readonly stats: BigIntStats;
}

/** All blobs, in the order of their digests. Files of other names are not ours and left out. */
export async function listBlobs(layout: Layout): Promise<BlobFile[]> {
  const found: BlobFile[] = [];
  for (const prefix of (await namesIn(layout.blobs)).sort()) {
    const folder = layout.blobFolder(prefix);
    if (prefix.length !== 2 || !(await look(folder))?.isDirectory()) continue;
    for (const name of (await namesIn(folder)).sort()) {
      const sha256 = layout.digestOf(prefix, name);
      if (sha256 === undefined) continue;
      const path = layout.blob(sha256);
      const stats = await look(path);
      if (stats) found.push({ sha256, path, stats });
    }
  }
  return found;
}

/** When a blob was used last, in milliseconds: as noted, else when it was put in or linked last. */
export function usedAt({ sha256, stats }: BlobFile, noted: ReadonlyMap<string, number>): number {
  return noted.get(sha256) ?? Number(stats.ctimeMs);
}
