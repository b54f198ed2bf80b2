import { type Manifest, printable } from "@plimsoll/manifest";
import { WeightsError } from "./error.ts";

/**
 * Throws `E_MISMATCH` unless a manifest says of itself what was asked for: the version and the model (row M21). A
 * manifest of format 1.0 has no fields for either, and is taken where it lies.
 */
export function expectRelease(
  manifest: Manifest,
  expected: {
    /** Undefined: any, or none. */
    readonly model: string | undefined;
    readonly release: string | undefined;
    readonly source: string;
  },
): void {
  const old = manifest.version.startsWith("1.");
  for (const field of ["model", "release"] as const) {
    const says = manifest[field];
    if (says === expected[field] || expected[field] === undefined || (old && says === undefined))
      continue;
    throw new WeightsError(
      "E_MISMATCH",
      `${printable(expected.source)}: asked for ${field} ${expected[field]}, but this manifest is of ${says === undefined ? `no ${field} at all` : printable(says)}: somebody copied it to the wrong place, publish again`,
    );
  }
}
