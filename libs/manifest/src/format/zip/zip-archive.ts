import { Malformed } from "../../bytes/malformed.ts";
import type { RandomAccess } from "../../bytes/random-access.ts";
import { printable } from "../../text/printable.ts";
import { checkLayout } from "./check-layout.ts";
import { locateEntry } from "./locate-entry.ts";
import { readZipDirectory, type ZipEntry } from "./zip-directory.ts";

/** An entry together with where its bytes lie. */
export interface LocatedEntry extends ZipEntry {
  readonly begin: number;
  readonly end: number;
}

export interface ZipArchive {
  /** Files only; folders are left out. */
  readonly entries: readonly LocatedEntry[];
  /** Everything by which two readers could see two archives, or one be harmed; empty for what honest tools write. */
  readonly problems: readonly string[];
}

/** More entries than this are refused: a model of 100,000 tensors is far below. */
const maxEntries = 250_000;
/** Encrypted, strongly encrypted, masked headers (APPNOTE 4.4.4). */
const encryptedFlags = 0x0001 | 0x0040 | 0x2000;
const stored = 0;
const deflated = 8;
/** An entry that expands to more than this, and by more than this ratio, is there to fill memory or disk. */
const bomb = { bytes: 64 << 20, ratio: 200, totalBytes: 64 * 1024 ** 3 } as const;

/**
 * Reads a zip archive for a second opinion: directory and every local header, no content. Undefined where the file has no
 * end-of-archive record; throws `Malformed` where the archive cannot be followed.
 */
export async function readZip(file: RandomAccess): Promise<ZipArchive | undefined> {
  const directory = await readZipDirectory(file);
  if (directory === undefined) return undefined;
  if (directory.entries.length > maxEntries) {
    throw new Malformed(`zip: ${directory.entries.length} entries`);
  }
  const problems = new Set(directory.problems);
  const all: LocatedEntry[] = [];
  for (const entry of directory.entries) {
    const place = await locateEntry(file, entry);
    for (const problem of place.problems) problems.add(printable(problem));
    all.push({ ...entry, begin: place.begin, end: place.end });
  }
  for (const problem of checkLayout(all, directory.begin)) problems.add(problem);
  for (const problem of namesProblems(all)) problems.add(problem);
  for (const entry of all) {
    for (const problem of entryProblems(entry)) problems.add(problem);
  }
  const total = all.reduce((sum, { size }) => sum + size, 0);
  if (total > bomb.totalBytes) problems.add(`its entries expand to ${total} bytes`);
  return { entries: all.filter(({ name }) => !name.endsWith("/")), problems: [...problems] };
}

function* namesProblems(entries: readonly ZipEntry[]): Generator<string> {
  const seen = new Set<string>();
  for (const { name } of entries) {
    // The reader inside PyTorch finds entries without regard to case.
    const folded = name.toLowerCase();
    if (seen.has(folded)) yield `the entry ${printable(name)} is there twice`;
    seen.add(folded);
    const outside =
      name === "" ||
      /^\/|\\|\0|^[A-Za-z]:/.test(name) ||
      name.split("/").some((segment) => segment === ".." || segment === ".");
    if (outside) yield `the entry ${printable(name)} has a name that leads outside`;
  }
}

function* entryProblems(entry: LocatedEntry): Generator<string> {
  const { flags, method, size, compressedSize } = entry;
  const name = printable(entry.name);
  if ((flags & encryptedFlags) !== 0) yield `the entry ${name} is encrypted`;
  if (method !== stored && method !== deflated) {
    yield `the entry ${name} is compressed with method ${method}`;
  }
  if (method === stored && size !== compressedSize) yield `the entry ${name} has two sizes`;
  if (name.endsWith("/") && compressedSize > 0) yield `the folder ${name} has content`;
  if (size > bomb.bytes && size > compressedSize * bomb.ratio) {
    yield `the entry ${name} expands from ${compressedSize} to ${size} bytes`;
  }
}
