import { crc32, deflateRawSync } from "node:zlib";

/** An entry of an archive that a test makes; what is given here is written whether it is true or not. */
export interface MadeEntry {
  readonly data: Uint8Array;
  readonly deflated?: boolean;
  /** Instead of 0 or 8. */
  readonly method?: number;
  readonly flags?: number;
  /** Flags of the local header alone. */
  readonly localFlags?: number;
  readonly localName?: string;
  readonly crc32?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  /** Offset of its local header as the directory says it. */
  readonly headerAt?: number;
  /** Bytes between this entry and the next. */
  readonly gap?: Uint8Array;
  /** Extra field of the directory. */
  readonly extra?: Uint8Array;
}

export interface MadeArchive {
  readonly comment?: Uint8Array;
  /** Entries that the end promises. */
  readonly count?: number;
  /** Writes the 64-bit records as PyTorch does. */
  readonly zip64?: boolean;
  /** Bytes in front, which no offset counts. */
  readonly front?: Uint8Array;
}

/** Writes a zip archive; the same name may come twice. */
export function zipFile(
  entries: readonly (readonly [string, MadeEntry | Uint8Array])[],
  archive: MadeArchive = {},
): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, made] of entries) {
    const entry = made instanceof Uint8Array ? { data: made } : made;
    const bytes = entry.deflated === true ? deflateRawSync(entry.data) : Buffer.from(entry.data);
    const local = header(30, 0x04034b50, entry, bytes, entry.localFlags ?? entry.flags ?? 0, 4);
    const localName = Buffer.from(entry.localName ?? name);
    local.writeUInt16LE(localName.length, 26);
    const central = header(46, 0x02014b50, entry, bytes, entry.flags ?? 0, 6);
    const extra = Buffer.from(entry.extra ?? []);
    central.writeUInt16LE(Buffer.byteLength(name), 28);
    central.writeUInt16LE(extra.length, 30);
    central.writeUInt32LE(entry.headerAt ?? at, 42);
    directory.push(central, Buffer.from(name), extra);
    const file = Buffer.concat([local, localName, bytes, Buffer.from(entry.gap ?? [])]);
    files.push(file);
    at += file.length;
  }
  return Buffer.concat([
    Buffer.from(archive.front ?? []),
    ...files,
    ...directory,
    end(at, Buffer.concat(directory).length, entries.length, archive),
  ]);
}

/** What local header and directory have in common, from `at`: version, flags, method, time, CRC and sizes. */
function header(
  length: number,
  signature: number,
  entry: MadeEntry,
  bytes: Uint8Array,
  flags: number,
  at: number,
): Buffer {
  const out = Buffer.alloc(length);
  out.writeUInt32LE(signature);
  out.writeUInt16LE(flags, at + 2);
  out.writeUInt16LE(entry.method ?? (entry.deflated === true ? 8 : 0), at + 4);
  out.writeUInt32LE(entry.crc32 ?? crc32(entry.data), at + 10);
  out.writeUInt32LE(entry.compressedSize ?? bytes.length, at + 14);
  out.writeUInt32LE(entry.size ?? entry.data.length, at + 18);
  return out;
}

function end(at: number, length: number, entries: number, archive: MadeArchive): Buffer {
  const count = archive.count ?? entries;
  const comment = Buffer.from(archive.comment ?? []);
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50);
  last.writeUInt16LE(count, 8);
  last.writeUInt16LE(count, 10);
  last.writeUInt32LE(length, 12);
  last.writeUInt32LE(at, 16);
  last.writeUInt16LE(comment.length, 20);
  if (archive.zip64 !== true) return Buffer.concat([last, comment]);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(length), 40);
  record.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50);
  locator.writeBigUInt64LE(BigInt(at + length), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, last, comment]);
}
