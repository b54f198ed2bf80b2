import type { Content, ScanRecord } from "./scan-record.ts";
import { searchKerasClasses } from "./search-keras.ts";

/**
 * Searches an HDF5 file, byte by byte, for the classes that Keras would build from it. The format is not parsed: Keras
 * writes its configuration as one run of plain JSON text, and such text is what can be found. External links, data in
 * filters and text in pieces are not seen; the note says so.
 */
export async function scanHdf5(scan: ScanRecord, content: Content): Promise<void> {
  const found = await searchKerasClasses(scan, content);
  scan.note(
    content,
    "unseen",
    found
      ? "HDF5 was searched for Keras classes as plain text; links and filtered data were not followed"
      : "HDF5 without a configuration of Keras in plain text; links and filtered data were not followed",
  );
}
