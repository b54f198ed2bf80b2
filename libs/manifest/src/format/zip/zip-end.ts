import { Malformed } from "../../bytes/malformed.ts";
import { type RandomAccess, viewOf } from "../../bytes/random-access.ts";

/** Where the central directory of a zip archive lies, by the record at the archive's end. */
export interface ZipEnd {
  readonly begin: number;
  readonly end: number;
  /** Entries that the record promises. */
  readonly count: number;
  /** What an honest writer does not do, and two readers may understand in two ways. */
  readonly problems: readonly string[];
}

/** End-of-central-directory record without its comment, and the longest comment (APPNOTE 4.3.16). */
const endBytes = 22;
const maxCommentBytes = 0xffff;
const endSignature = 0x06054b50;
/** APPNOTE 4.3.14 and 4.3.15: stand before it in archives of many entries or bytes, and in every PyTorch file. */
const recordSignature = 0x06064b50;
const recordBytes = 56;
const locatorSignature = 0x07064b50;
const locatorBytes = 20;

const full16 = 0xffff;
const full32 = 0xffff_ffff;

/** Reads the end of a zip archive; undefined where the file has none. Throws `Malformed` for one that points nowhere. */
export async function findZipEnd(file: RandomAccess): Promise<ZipEnd | undefined> {
  const length = Math.min(file.size, endBytes + maxCommentBytes + locatorBytes);
  const tail = viewOf(await file.read(file.size - length, length));
  const at = lastEnd(tail);
  if (at < 0) return undefined;
  const problems: string[] = [];
  const reaches = (place: number): boolean =>
    place + endBytes + tail.getUint16(place + 20, true) === length;
  if (!reaches(at)) problems.push("bytes stand behind the end of the archive");
  for (let other = at - 1; other >= 0; other -= 1) {
    if (tail.getUint32(other, true) === endSignature && reaches(other)) {
      problems.push("the archive has two ends");
      break;
    }
  }
  const here = file.size - length + at;
  const said = {
    disks: tail.getUint32(at + 4, true),
    count: tail.getUint16(at + 10, true),
    bytes: tail.getUint32(at + 12, true),
    begin: tail.getUint32(at + 16, true),
  };
  if (said.disks !== 0 || tail.getUint16(at + 8, true) !== said.count) {
    problems.push("the archive is split over disks");
  }
  const locator = at - locatorBytes;
  const has64 = locator >= 0 && tail.getUint32(locator, true) === locatorSignature;
  const large = has64
    ? await readRecord(file, Number(tail.getBigUint64(locator + 8, true)))
    : { ...said, at: here };
  if (has64) {
    if (large.at + recordBytes !== here - locatorBytes) {
      problems.push("its 64-bit record is not where it belongs");
    }
    const agree = (small: number, full: number, value: number): boolean =>
      small === full || small === value;
    if (
      !agree(said.count, full16, large.count) ||
      !agree(said.bytes, full32, large.bytes) ||
      !agree(said.begin, full32, large.begin)
    ) {
      problems.push("its 32-bit and 64-bit records disagree");
    }
  }
  const end = large.begin + large.bytes;
  if (end > file.size) throw new Malformed("zip: its directory lies outside of the file");
  if (end !== large.at) problems.push("its directory does not stand before its end");
  return { begin: large.begin, end, count: large.count, problems };
}

function lastEnd(tail: DataView): number {
  for (let at = tail.byteLength - endBytes; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) === endSignature) return at;
  }
  return -1;
}

async function readRecord(
  file: RandomAccess,
  at: number,
): Promise<{ at: number; count: number; bytes: number; begin: number }> {
  if (at + recordBytes > file.size) throw new Malformed("zip: its 64-bit record is missing");
  const record = viewOf(await file.read(at, recordBytes));
  if (record.getUint32(0, true) !== recordSignature) {
    throw new Malformed("zip: its 64-bit record is missing");
  }
  return {
    at,
    count: Number(record.getBigUint64(32, true)),
    bytes: Number(record.getBigUint64(40, true)),
    begin: Number(record.getBigUint64(48, true)),
  };
}
