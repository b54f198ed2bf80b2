/** What `SHA256SUMS` needs to know of a file. */
export interface NamedDigest {
  readonly name: string;
  /** Hex; a file without one is left out. */
  readonly sha256: string | undefined;
}

/**
 * The text of a `SHA256SUMS` file, a line for each file sorted by name, as `sha256sum` writes it for binary files:
 * digest, space, asterisk, name. `sha256sum -c` and `shasum -c` read it.
 */
export function checksumLines(files: Iterable<NamedDigest>): string {
  return [...files]
    .filter(({ sha256 }) => sha256 !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, sha256 }) => `${sha256} *${name}\n`)
    .join("");
}
