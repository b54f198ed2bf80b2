import { sameDigest } from "../bytes/digest.ts";
import { ManifestError } from "../error.ts";
import type { WeightEntry } from "./manifest.ts";
import { printable } from "../text/printable.ts";
import { sizeBounds } from "./size-mb.ts";

/**
 * Throws unless measured content is what a manifest pins: `E_DIGEST` where there is a checksum and it differs, `E_SIZE`
 * where the length is out of bounds. A 1.0 manifest that says nothing exact about the length leaves it to the digest.
 */
export function checkContent(
  name: string,
  entry: WeightEntry,
  measured: { readonly sha256: string; readonly size: number; readonly source?: string },
): void {
  const from = measured.source === undefined ? "" : ` from ${printable(measured.source)}`;
  const wayOut = "sync again with --force, or publish again if this is the file that was meant";
  const bounds = entry.checksum === undefined ? sizeBounds(entry) : exact(entry.size);
  if (bounds !== undefined && (measured.size < bounds.min || measured.size > bounds.max)) {
    const want = bounds.min === bounds.max ? `${bounds.min}` : `${bounds.min} to ${bounds.max}`;
    throw new ManifestError(
      "E_SIZE",
      `${printable(name)}: ${want} bytes expected, got ${measured.size}${from}: ${wayOut}`,
    );
  }
  if (entry.checksum !== undefined && !sameDigest(entry.checksum, measured.sha256)) {
    throw new ManifestError(
      "E_DIGEST",
      `${printable(name)}: ${entry.checksum} expected, got ${printable(measured.sha256)}${from}: ${wayOut}`,
    );
  }
}

function exact(
  size: number | undefined,
): { readonly min: number; readonly max: number } | undefined {
  return size === undefined ? undefined : { min: size, max: size };
}
