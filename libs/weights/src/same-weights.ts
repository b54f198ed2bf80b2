import type { Manifest } from "@plimsoll/manifest";

/**
 * How the files of a version differ from those of a manifest, as a list for a message; empty when they are the same.
 * Only names and bytes count: not when it was made, where the files lie or which of them are required.
 */
export function weightDifferences(
  manifest: Manifest,
  files: readonly { readonly name: string; readonly size: number; readonly sha256: string }[],
): string[] {
  const differences: string[] = [];
  const names = new Set(files.map(({ name }) => name));
  for (const { name, size, sha256 } of files) {
    const entry = manifest.weights.get(name);
    if (entry === undefined) differences.push(`${name} is not in it`);
    else if (entry.checksum !== sha256 || (entry.size !== undefined && entry.size !== size)) {
      differences.push(`${name} has other bytes`);
    }
  }
  for (const name of manifest.weights.keys()) {
    if (!names.has(name)) differences.push(`${name} is missing here`);
  }
  return differences;
}
