import { lstat, open } from "node:fs/promises";
import type { Cache } from "@plimsoll/cache";
import { isLfsPointer, sizeBounds, type WeightEntry } from "@plimsoll/manifest";
import { hashFile } from "./hash-file.ts";
import { codeOf } from "./problem.ts";

/** What lies where a weight file should be. */
export type FileState =
  /** The right bytes: proven before and untouched since, or hashed just now. */
  | { readonly status: "proven" | "verified"; readonly size: number }
  /** Bytes of a fitting size, and no digest to hold them against. */
  | { readonly status: "unproven"; readonly size: number; readonly sha256: string }
  | { readonly status: "missing" }
  /** Another size than the manifest's. */
  | { readonly status: "size"; readonly size: number }
  | { readonly status: "damaged"; readonly size: number; readonly sha256: string }
  | { readonly status: "lfs-pointer"; readonly size: number }
  /** A folder, a symbolic link or a device. */
  | { readonly status: "not-a-file" };

export interface InspectOptions {
  /** Knows what was proven before. */
  readonly cache: Cache;
  /** Hash even what was proven. */
  readonly full?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (bytes: number) => void;
}

/** A Git-LFS pointer is smaller than this. */
const POINTER_BYTES = 1024;

/**
 * Looks at one file of an app: without reading it where its proof is recorded, else by size and then by hashing. A file
 * that proves right is recorded as proven. Changes nothing on the file itself.
 */
export async function inspectFile(
  path: string,
  entry: WeightEntry,
  options: InspectOptions,
): Promise<FileState> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === "E_NOT_FOUND") return undefined;
    throw error;
  });
  if (stats === undefined) return { status: "missing" };
  if (!stats.isFile()) return { status: "not-a-file" };
  const { size } = stats;
  const { checksum } = entry;
  if (checksum !== undefined && !options.full && (await options.cache.isProven(path, checksum))) {
    return { status: "proven", size };
  }
  if (size < POINTER_BYTES && isLfsPointer(await readHead(path))) {
    return { status: "lfs-pointer", size };
  }
  const bounds = sizeBounds(entry);
  if (bounds && (size < bounds.min || size > bounds.max)) return { status: "size", size };
  const startedAtMs = Date.now();
  const sha256 = await hashFile(path, {
    ...(options.signal && { signal: options.signal }),
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
  if (checksum === undefined) return { status: "unproven", size, sha256 };
  if (sha256 !== checksum) return { status: "damaged", size, sha256 };
  await options.cache.prove(path, checksum, { startedAtMs });
  return { status: "verified", size };
}

/** The first bytes of a file. */
export async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(POINTER_BYTES), 0, POINTER_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
