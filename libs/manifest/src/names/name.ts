import { ManifestError } from "../error.ts";
import { printable } from "../text/printable.ts";

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._+@-]{0,99}$/;
/** Device names of Windows: with any extension they name the device, not a file. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;
/** What a version's folder holds besides its weight files. */
const RESERVED = new Set(["manifest.json", "model.sig", "sha256sums", "attestation.jsonl"]);

/** Caps of the path grammar (row M6). */
export const nameLimits = { bytes: 512, segments: 8, segmentBytes: 100 } as const;

/** Why `path` is outside the grammar of weight files' names, or undefined if it is inside. */
export function pathFault(path: string): string | undefined {
  if (path === "") return "an empty name";
  if (path.length > nameLimits.bytes) return `longer than ${nameLimits.bytes} bytes`;
  const segments = path.split("/");
  if (segments.length > nameLimits.segments) return `more than ${nameLimits.segments} segments`;
  for (const segment of segments) {
    if (segment === "") return "an empty segment";
    if (segment === "." || segment === "..") return `a segment "${segment}"`;
    if (segment.length > nameLimits.segmentBytes) {
      return `a segment longer than ${nameLimits.segmentBytes} bytes`;
    }
    if (!SEGMENT.test(segment)) {
      return "a character that is not in [A-Za-z0-9._+@-], or a first one that is no letter or digit";
    }
    if (segment.endsWith(".")) return "a segment that ends in a dot";
    if (DEVICE.test(segment)) return `"${segment}", a device name of Windows`;
  }
  return undefined;
}

/**
 * Throws `E_PATH` unless `name` may name a weight file: segments `[A-Za-z0-9][A-Za-z0-9._+@-]{0,99}` joined by `/`, at
 * most 8 and 512 bytes, no Windows device, no trailing dot, none of the release's own files (rows M1-M7). The grammar
 * is ASCII only, so no two spellings of one name exist but by case, which `checkNames` compares.
 */
export function checkName(name: string): void {
  const fault = pathFault(name) ?? reservedFault(name);
  if (fault !== undefined) {
    throw new ManifestError("E_PATH", `"${printable(name)}" cannot name a weight file: ${fault}`);
  }
}

/**
 * Throws `E_PATH` unless all names may lie in one folder on any platform: each by itself, no two equal when
 * lower-cased (row M4), none that is also a folder of another (row M7).
 */
export function checkNames(names: Iterable<string>): void {
  const files = new Map<string, string>();
  for (const name of names) {
    checkName(name);
    const folded = name.toLowerCase();
    const other = files.get(folded);
    if (other !== undefined) throw clash(other, name, "differ by case only");
    files.set(folded, name);
  }
  for (const [folded, name] of files) {
    for (let slash = folded.indexOf("/"); slash >= 0; slash = folded.indexOf("/", slash + 1)) {
      const folder = files.get(folded.slice(0, slash));
      if (folder !== undefined)
        throw clash(folder, name, "need one path as a file and as a folder");
    }
  }
}

function reservedFault(name: string): string | undefined {
  const segments = name.toLowerCase().split("/");
  if (RESERVED.has(segments[0] ?? "")) return `"${segments[0]}" is a file of the release itself`;
  if (segments.some((segment) => segment.endsWith(".chunks"))) {
    return "*.chunks are the release's own chunk indexes";
  }
  return undefined;
}

function clash(a: string, b: string, why: string): ManifestError {
  return new ManifestError("E_PATH", `"${a}" and "${b}" ${why}: rename one of them`);
}
