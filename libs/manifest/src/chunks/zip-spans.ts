import type { RandomAccess } from "../bytes/random-access.ts";
import type { Span } from "./span.ts";

/** End-of-central-directory record without its comment, and the longest comment (APPNOTE 4.3.16). */
const endBytes = 22;
const maxCommentBytes = 0xffff;
const endSignature = 0x06054b50;
const zip64LocatorSignature = 0x07064b50;
const zip64LocatorBytes = 20;
const entrySignature = 0x02014b50;
const localHeaderBytes = 30;
/** A longer directory is not read only to cut well. */
const worthReadingBytes = 16 << 20;
const inZip64 = 0xffff_ffff;

/**
 * Where the data of the entries of a zip archive lie: a PyTorch file stores one tensor an entry, uncompressed. Empty
 * where there is no readable central directory.
 */
export async function zipSpans(file: RandomAccess): Promise<Span[]> {
  const directory = await findDirectory(file);
  if (directory === undefined) return [];
  const bytes = await file.read(directory.begin, directory.end - directory.begin);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const spans: Span[] = [];
  for (let at = 0; at + 46 <= bytes.length && view.getUint32(at, true) === entrySignature;) {
    const names = view.getUint16(at + 28, true);
    const extra = view.getUint16(at + 30, true);
    const span = await entrySpan(file, view, at, at + 46 + names, extra);
    if (span !== undefined) spans.push(span);
    at += 46 + names + extra + view.getUint16(at + 32, true);
  }
  return spans;
}

async function entrySpan(
  file: RandomAccess,
  view: DataView,
  at: number,
  extraAt: number,
  extraBytes: number,
): Promise<Span | undefined> {
  const large = zip64Values(view, extraAt, extraBytes);
  if (view.getUint32(at + 24, true) === inZip64) large.next();
  let size = view.getUint32(at + 20, true);
  if (size === inZip64) size = large.next().value ?? inZip64;
  let header = view.getUint32(at + 42, true);
  if (header === inZip64) header = large.next().value ?? inZip64;
  if (header + localHeaderBytes > file.size) return undefined;
  const local = await file.read(header, localHeaderBytes);
  const lengths = new DataView(local.buffer, local.byteOffset, localHeaderBytes);
  const begin =
    header + localHeaderBytes + lengths.getUint16(26, true) + lengths.getUint16(28, true);
  return begin + size <= file.size ? { begin, end: begin + size } : undefined;
}

/** The 64-bit numbers of an entry's zip64 extra field (id 1), in the order of the fields that they stand for. */
function* zip64Values(view: DataView, from: number, length: number): Generator<number, undefined> {
  const end = Math.min(from + length, view.byteLength);
  for (let at = from; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const last = Math.min(end, at + 4 + view.getUint16(at + 2, true));
    for (let value = at + 4; value + 8 <= last; value += 8) {
      yield Number(view.getBigUint64(value, true));
    }
  }
}

async function findDirectory(file: RandomAccess): Promise<Span | undefined> {
  const length = Math.min(file.size, endBytes + maxCommentBytes + zip64LocatorBytes);
  const tailAt = file.size - length;
  const tail = await file.read(tailAt, length);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = length - endBytes; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== endSignature) continue;
    let size = view.getUint32(at + 12, true);
    let begin = view.getUint32(at + 16, true);
    const locator = at - zip64LocatorBytes;
    if (begin === inZip64 && locator >= 0) {
      if (view.getUint32(locator, true) !== zip64LocatorSignature) return undefined;
      const recordAt = Number(view.getBigUint64(locator + 8, true));
      if (recordAt + 56 > file.size) return undefined;
      const record = await file.read(recordAt, 56);
      const numbers = new DataView(record.buffer, record.byteOffset, 56);
      size = Number(numbers.getBigUint64(40, true));
      begin = Number(numbers.getBigUint64(48, true));
    }
    const fits = begin + size <= file.size && size <= worthReadingBytes;
    return fits ? { begin, end: begin + size } : undefined;
  }
  return undefined;
}
