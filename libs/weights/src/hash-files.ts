import type { Cache } from "@plimsoll/cache";
import { fileIdentity, type WeightFile } from "./collect.ts";
import { WeightsError } from "./error.ts";
import { hashFile } from "./hash-file.ts";
import { parallel } from "./parallel.ts";
import type { FilePart } from "./split-file.ts";

/** A weight file whose bytes are known. */
export interface HashedFile extends WeightFile {
  /** Hex. */
  readonly sha256: string;
  /** Where a store wants it in parts. */
  readonly parts?: readonly FilePart[];
}

export interface HashOptions {
  /** Knows files that were hashed before and not touched since, which are not read again; learns the others. */
  readonly cache?: Pick<Cache, "proven" | "prove"> | undefined;
  /** Files at the same time; default 4: reading of one overlaps hashing of another. */
  readonly concurrency?: number;
  readonly onProgress?: (file: WeightFile, bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * SHA-256 of every file, each read once or, where its digest is recorded, not at all. Throws `E_CONFLICT` for a file
 * that changes meanwhile.
 */
export async function hashFiles(
  files: readonly WeightFile[],
  options: HashOptions = {},
): Promise<HashedFile[]> {
  return await parallel(files, options.concurrency ?? 4, async (file) => {
    options.signal?.throwIfAborted();
    const recorded = await options.cache?.proven(file.path);
    if (recorded !== undefined) {
      options.onProgress?.(file, file.size);
      return { ...file, sha256: recorded };
    }
    const startedAtMs = Date.now();
    const sha256 = await hashFile(file.path, {
      ...(options.signal && { signal: options.signal }),
      onProgress: (bytes) => options.onProgress?.(file, bytes),
    });
    await expectUntouched(file);
    await options.cache?.prove(file.path, sha256, { startedAtMs });
    return { ...file, sha256 };
  });
}

/** Throws `E_CONFLICT` if the file is not the one any more that was looked at first. */
export async function expectUntouched(file: WeightFile): Promise<void> {
  const identity = await fileIdentity(file.path).catch(() => "gone");
  if (identity === file.identity) return;
  throw new WeightsError(
    "E_CONFLICT",
    `${file.name}: changed while it was being published: publish again when nothing writes to ${file.path}`,
  );
}
