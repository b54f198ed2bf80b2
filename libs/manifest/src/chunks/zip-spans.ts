import { Malformed } from "../bytes/malformed.ts";
import type { RandomAccess } from "../bytes/random-access.ts";
import { locateEntry } from "../format/zip/locate-entry.ts";
import { readZipDirectory } from "../format/zip/zip-directory.ts";
import type { Span } from "./span.ts";

/** A longer directory is not read only to cut well. */
const worthReadingBytes = 16 << 20;

/**
 * Where the data of the entries of a zip archive lie: a PyTorch file stores one tensor an entry, uncompressed. Empty
 * where the archive cannot be followed.
 */
export async function zipSpans(file: RandomAccess): Promise<Span[]> {
  try {
    const directory = await readZipDirectory(file, { maxBytes: worthReadingBytes });
    const spans: Span[] = [];
    for (const entry of directory?.entries ?? []) {
      const { begin, end } = await locateEntry(file, entry);
      spans.push({ begin, end });
    }
    return spans;
  } catch (error) {
    if (error instanceof Malformed) return [];
    throw error;
  }
}
