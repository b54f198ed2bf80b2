import { isDigest } from "../bytes/digest.ts";
import { ManifestError } from "../error.ts";
import { printable } from "../text/printable.ts";

/** What stands in a repository for a file that Git LFS keeps elsewhere. */
export interface LfsPointer {
  /** SHA-256 of the real file, hex. */
  readonly oid: string;
  /** Bytes of the real file. */
  readonly size: number;
}

const FIRST_LINE = "version https://git-lfs.github.com/spec/v1";
/** A pointer is smaller than this, says its specification. */
const MAX_BYTES = 1024;

/** True when the bytes begin as a Git-LFS pointer does, whole or not. */
export function isLfsPointer(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, FIRST_LINE.length + 1)).toString("latin1");
  return text.startsWith(FIRST_LINE) && (text.length === FIRST_LINE.length || /\s$/.test(text));
}

/**
 * Digest and size of the file that a Git-LFS pointer stands for, or undefined if the bytes are no whole pointer.
 * Format: git-lfs `docs/spec.md`: lines of `key value`, `version` first, less than 1,024 bytes in all.
 */
export function parseLfsPointer(bytes: Uint8Array): LfsPointer | undefined {
  if (bytes.length >= MAX_BYTES || !isLfsPointer(bytes)) return undefined;
  const lines = Buffer.from(bytes).toString("utf8").split(/\r?\n/);
  const oid = lines.find((line) => line.startsWith("oid sha256:"))?.slice("oid sha256:".length);
  const size = lines.find((line) => /^size [0-9]{1,15}$/.test(line))?.slice("size ".length);
  return isDigest(oid) && size !== undefined ? { oid, size: Number(size) } : undefined;
}

/**
 * Throws `E_LFS_POINTER` when the first bytes of a file that should hold weights are a Git-LFS pointer: its digest would
 * pin the pointer instead of the weights.
 */
export function refuseLfsPointer(name: string, head: Uint8Array): void {
  if (!isLfsPointer(head)) return;
  const pointer = parseLfsPointer(head);
  const real = pointer === undefined ? "" : ` (the real file has ${pointer.size} bytes)`;
  throw new ManifestError(
    "E_LFS_POINTER",
    `${printable(name)}: a Git-LFS pointer, not the weights${real}: run \`git lfs pull\` where it came from, then try again`,
  );
}
