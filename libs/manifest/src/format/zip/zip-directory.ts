import { Malformed } from "../../bytes/malformed.ts";
import { type RandomAccess, viewOf } from "../../bytes/random-access.ts";
import { findZipEnd } from "./zip-end.ts";

/** One entry as the central directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** General purpose bits. */
  readonly flags: number;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Offset of its local header. */
  readonly headerAt: number;
  /** Bytes of its name, which is not always UTF-8. */
  readonly rawName: Uint8Array;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /** Offset of the directory: where the entries' data must have ended. */
  readonly begin: number;
  /** What an honest writer does not do. */
  readonly problems: readonly string[];
}

export interface ZipDirectoryOptions {
  /** A longer directory is refused; default 64 MiB, some 500,000 entries. */
  readonly maxBytes?: number;
}

const entrySignature = 0x02014b50;
const entryBytes = 46;
const full32 = 0xffff_ffff;
const zip64Field = 0x0001;
/** Info-ZIP's other name of an entry: some readers take it, some do not. */
const unicodePathField = 0x7075;

/**
 * Reads the central directory of a zip archive (PKWARE APPNOTE 4.3.12); undefined where the file is none. Throws
 * `Malformed` where the directory cannot be followed; what is merely odd becomes a problem.
 */
export async function readZipDirectory(
  file: RandomAccess,
  { maxBytes = 64 << 20 }: ZipDirectoryOptions = {},
): Promise<ZipDirectory | undefined> {
  const end = await findZipEnd(file);
  if (end === undefined) return undefined;
  const length = end.end - end.begin;
  if (length > maxBytes) throw new Malformed(`zip: a directory of ${length} bytes`);
  const bytes = await file.read(end.begin, length);
  const view = viewOf(bytes);
  const problems = new Set(end.problems);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + entryBytes <= length && view.getUint32(at, true) === entrySignature) {
    const next =
      at +
      entryBytes +
      view.getUint16(at + 28, true) +
      view.getUint16(at + 30, true) +
      view.getUint16(at + 32, true);
    if (next > length) break;
    entries.push(readEntry(bytes, view, at, problems));
    at = next;
  }
  if (at !== length) problems.add("its directory holds something else than entries");
  if (entries.length !== end.count) problems.add("its directory has another number of entries");
  return { entries, begin: end.begin, problems: [...problems] };
}

function readEntry(bytes: Uint8Array, view: DataView, at: number, problems: Set<string>): ZipEntry {
  const extraAt = at + entryBytes + view.getUint16(at + 28, true);
  const rawName = bytes.subarray(at + entryBytes, extraAt);
  const extra = extraFields(view, extraAt, extraAt + view.getUint16(at + 30, true));
  if (extra.has(unicodePathField)) problems.add("an entry has a second name");
  if (view.getUint16(at + 34, true) !== 0) problems.add("an entry lies on another disk");
  const large = extra.get(zip64Field);
  let used = 0;
  const number = (place: number): number => {
    const value = view.getUint32(place, true);
    if (value !== full32) return value;
    if (large === undefined || used + 8 > large.byteLength) {
      throw new Malformed("zip: an entry lacks its 64-bit size");
    }
    used += 8;
    return Number(large.getBigUint64(used - 8, true));
  };
  // The order of the 64-bit values is this one, whatever their order in the entry (APPNOTE 4.5.3).
  const size = number(at + 24);
  const compressedSize = number(at + 20);
  const headerAt = number(at + 42);
  return {
    name: Buffer.from(rawName).toString("utf8"),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc32: view.getUint32(at + 16, true),
    compressedSize,
    size,
    headerAt,
    rawName,
  };
}

/** The extra fields of an entry by their id; of two with one id the first. */
function extraFields(view: DataView, from: number, to: number): Map<number, DataView> {
  const fields = new Map<number, DataView>();
  for (let at = from; at + 4 <= to;) {
    const [id, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    const end = at + 4 + length;
    if (end > to) break;
    if (!fields.has(id)) {
      fields.set(id, new DataView(view.buffer, view.byteOffset + at + 4, length));
    }
    at = end;
  }
  return fields;
}
