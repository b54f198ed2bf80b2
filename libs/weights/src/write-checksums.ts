import type { Manifest } from "@plimsoll/manifest";
import { checksumLines } from "./checksums.ts";

/** The text of `SHA256SUMS` for the files of a manifest; `sha256sum -c` accepts it. Entries without a digest are left out. */
export function writeChecksums(manifest: Manifest): string {
  return checksumLines(
    [...manifest.weights].map(([name, { checksum }]) => ({ name, sha256: checksum })),
  );
}
