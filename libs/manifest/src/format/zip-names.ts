const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const ZIP64_END = 0x06064b50;

/** True when the bytes begin as a zip file with at least one entry does. */
export function isZip(head: Uint8Array): boolean {
  return head.length >= 4 && view(head).getUint32(0, true) === LOCAL;
}

/**
 * Names of the entries of a zip file, as far as they can be seen: from the local headers at its beginning and, with the
 * file's last bytes, from its central directory (PKWARE APPNOTE 4.3). A name may come twice.
 */
export function zipNames(head: Uint8Array, tail?: Uint8Array): string[] {
  return [...localNames(head), ...(tail === undefined ? [] : centralNames(tail))];
}

function localNames(bytes: Uint8Array): string[] {
  const data = view(bytes);
  const names: string[] = [];
  let at = 0;
  while (at + 30 <= bytes.length && data.getUint32(at, true) === LOCAL) {
    const flags = data.getUint16(at + 6, true);
    const size = data.getUint32(at + 18, true);
    const nameEnd = at + 30 + data.getUint16(at + 26, true);
    if (nameEnd > bytes.length) break;
    names.push(text(bytes, at + 30, nameEnd));
    // Bit 3: the size stands behind the data, so where the next header is cannot be seen from here.
    if ((flags & 8) !== 0 || size === 0xffffffff) break;
    at = nameEnd + data.getUint16(at + 28, true) + size;
  }
  return names;
}

function centralNames(bytes: Uint8Array): string[] {
  const data = view(bytes);
  const names: string[] = [];
  let at = centralStart(bytes, data);
  while (at >= 0 && at + 46 <= bytes.length && data.getUint32(at, true) === CENTRAL) {
    const nameEnd = at + 46 + data.getUint16(at + 28, true);
    if (nameEnd > bytes.length) break;
    names.push(text(bytes, at + 46, nameEnd));
    at = nameEnd + data.getUint16(at + 30, true) + data.getUint16(at + 32, true);
  }
  return names;
}

/** Offset in the tail of the first entry of the central directory that lies whole in it, or -1. */
function centralStart(bytes: Uint8Array, data: DataView): number {
  let end = bytes.length - 22;
  while (end >= 0 && data.getUint32(end, true) !== END) end -= 1;
  if (end < 0) return -1;
  let size = data.getUint32(end + 12, true);
  const zip64 = end - 20 - 56;
  if (size === 0xffffffff && zip64 >= 0 && data.getUint32(zip64, true) === ZIP64_END) {
    size = Number(data.getBigUint64(zip64 + 40, true));
    end = zip64;
  }
  let start = Math.max(0, end - size);
  while (start + 4 <= end && data.getUint32(start, true) !== CENTRAL) start += 1;
  return start + 4 <= end ? start : -1;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.subarray(from, to)).toString("utf8");
}
