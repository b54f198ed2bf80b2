import { ManifestError } from "../error.ts";
import type { ParsedManifest } from "./manifest.ts";
import { printable } from "../text/printable.ts";

/**
 * Throws `E_MISMATCH` unless the manifest says that it is of the model and release that were asked for (row M21): a host
 * may serve a genuine manifest at another one's URL. What is not given is not compared. A manifest of 2.x must say it; one
 * of 1.x, which has no fields for it, is refused only if it says something else.
 */
export function expectRelease(
  parsed: ParsedManifest,
  expected: { readonly model?: string; readonly release?: string; readonly source?: string },
): void {
  const { source = "manifest.json" } = expected;
  for (const field of ["model", "release"] as const) {
    const [want, got] = [expected[field], parsed.manifest[field]];
    if (want === undefined || want === got) continue;
    if (got === undefined && parsed.manifest.version.startsWith("1.")) continue;
    const says = got === undefined ? `names no ${field}` : `is of ${field} ${got}`;
    throw new ManifestError(
      "E_MISMATCH",
      `${printable(source)}: ${field} ${printable(want)} was asked for, this manifest ${says}: publish it again or correct the store`,
    );
  }
}
