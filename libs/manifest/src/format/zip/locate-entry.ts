import { Malformed } from "../../bytes/malformed.ts";
import { type RandomAccess, viewOf } from "../../bytes/random-access.ts";
import type { ZipEntry } from "./zip-directory.ts";

/** Where the bytes of an entry lie, by its local header. */
export interface EntryPlace {
  readonly begin: number;
  readonly end: number;
  /** Where the local header contradicts the directory: another reader would see another entry. */
  readonly problems: readonly string[];
}

const localSignature = 0x04034b50;
const localBytes = 30;
const full32 = 0xffff_ffff;
/** Bit 3: size and CRC stand behind the data, and are zero in the local header. */
const streamed = 8;

/** Reads the local header of an entry (APPNOTE 4.3.7). Throws `Malformed` where there is none or its data end outside. */
export async function locateEntry(file: RandomAccess, entry: ZipEntry): Promise<EntryPlace> {
  const { name, headerAt, rawName } = entry;
  const wanted = Math.min(localBytes + rawName.length, file.size - headerAt);
  if (wanted < localBytes) throw new Malformed(`zip: ${name} lies outside of the file`);
  const header = await file.read(headerAt, wanted);
  const view = viewOf(header);
  if (view.getUint32(0, true) !== localSignature) {
    throw new Malformed(`zip: ${name} has no header where the directory says`);
  }
  const nameBytes = view.getUint16(26, true);
  const begin = headerAt + localBytes + nameBytes + view.getUint16(28, true);
  const end = begin + entry.compressedSize;
  if (end > file.size) throw new Malformed(`zip: ${name} ends outside of the file`);
  const problems: string[] = [];
  const localName = header.subarray(localBytes, localBytes + nameBytes);
  if (Buffer.compare(localName, rawName) !== 0) problems.push(`${name} has another name inside`);
  if (view.getUint16(6, true) !== entry.flags) problems.push(`${name} has other flags inside`);
  if (view.getUint16(8, true) !== entry.method) {
    problems.push(`${name} is compressed in another way inside`);
  }
  const agrees = (at: number, value: number): boolean => {
    const local = view.getUint32(at, true);
    return local === value || local === full32 || ((entry.flags & streamed) !== 0 && local === 0);
  };
  if (!agrees(14, entry.crc32)) problems.push(`${name} has another checksum inside`);
  if (!agrees(18, entry.compressedSize) || !agrees(22, entry.size)) {
    problems.push(`${name} has another size inside`);
  }
  return { begin, end, problems };
}
