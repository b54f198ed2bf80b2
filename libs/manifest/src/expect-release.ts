import { ManifestError } from "./error.ts";
import type { ParsedManifest } from "./manifest.ts";
import { printable } from "./printable.ts";

/**
 * Throws `E_MISMATCH` unless the manifest says that it is of the model and release that were asked for (row M21): a host
 * may serve a genuine manifest at another one's URL. What is not given is not compared; what is given must be there.
 */
export function expectRelease(
  parsed: ParsedManifest,
  expected: { readonly model?: string; readonly release?: string; readonly source?: string },
): void {
  const { source = "manifest.json" } = expected;
  for (const field of ["model", "release"] as const) {
    const [want, got] = [expected[field], parsed.manifest[field]];
    if (want === undefined || want === got) continue;
    const says = got === undefined ? `names no ${field}` : `is of ${field} ${got}`;
    throw new ManifestError(
      "E_MISMATCH",
      `${printable(source)}: ${field} ${printable(want)} was asked for, this manifest ${says}: publish it again or correct the store`,
    );
  }
}
