import type { RandomAccess } from "../bytes/random-access.ts";

/** Digests of a file that is cut into runs: one digest a run. */
export interface DigestLane {
  readonly algorithm: "sha256" | "md5";
  /** Offsets in the block behind which a run ends, ascending; the block begins at `offset` of the file. */
  cuts(block: Uint8Array, offset: number): readonly number[];
  /** Told of digests as they are ready. */
  readonly onDigests?: ((digests: readonly string[]) => void) | undefined;
}

export interface DigestRunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes read so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/**
 * Reads a file once, from its start, for several lanes. Gives the digests of each lane's runs, hex; the last run ends
 * with the file.
 */
export type DigestRun = (
  file: RandomAccess,
  lanes: readonly DigestLane[],
  options: DigestRunOptions,
) => Promise<readonly (readonly string[])[]>;

/** Reads into a block, also from a file that only gives blocks of its own. */
export async function readBlock(
  file: RandomAccess,
  block: Uint8Array,
  offset: number,
): Promise<number> {
  if (file.readInto) return await file.readInto(block, offset);
  const bytes = await file.read(offset, block.length);
  block.set(bytes);
  return bytes.length;
}
