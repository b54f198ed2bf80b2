/** What `size_mb` counts. */
export const MIB = 1024 * 1024;

/** Bytes as the `size_mb` of format 1.0: MiB, two decimals. */
export function sizeMb(bytes: number): number {
  return Math.round((bytes / MIB) * 100) / 100;
}

/** A 1.0 manifest may round to one decimal: half of that on either side. */
const ROUNDING_MIB = 0.05;

/**
 * Between which sizes, in bytes and inclusive, a file must lie: the exact `size`, or what `size_mb` of a 1.0 manifest
 * allows (± 1 % and the rounding to one decimal). Undefined where the manifest says neither.
 */
export function sizeBounds(entry: {
  readonly size?: number;
  readonly size_mb?: number;
}): { readonly min: number; readonly max: number } | undefined {
  if (entry.size !== undefined) return { min: entry.size, max: entry.size };
  if (entry.size_mb === undefined) return undefined;
  return {
    min: Math.max(0, Math.floor((entry.size_mb * 0.99 - ROUNDING_MIB) * MIB)),
    max: Math.ceil((entry.size_mb * 1.01 + ROUNDING_MIB) * MIB),
  };
}
