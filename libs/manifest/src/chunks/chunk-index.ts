import { ManifestError } from "../error.ts";

/** One run of bytes of a weight file. */
export interface Chunk {
  /** Bytes before it in the file. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** SHA-256, 64 lower-case hex digits. */
  readonly sha256: string;
}

/** The chunks of one weight file, end to end from offset 0. */
export interface ChunkIndex {
  /** Bytes of the whole file. */
  readonly size: number;
  /** SHA-256 of the whole file, hex: what decides in the end. */
  readonly sha256: string;
  readonly chunks: readonly Chunk[];
}

/** `\x89PLC\r\n\x1a\n`: a text-mode transfer or a cut in front changes it, as with PNG. */
const magic = Uint8Array.from([0x89, 0x50, 0x4c, 0x43, 0x0d, 0x0a, 0x1a, 0x0a]);
const headerBytes = 56;
const entryBytes = 36;
const formatVersion = 1;
const algorithmSha256 = 1;

/** More chunks than this are refused on reading: an index is at most 36 MiB. */
export const maxChunks = 1 << 20;
/** A chunk's length is an unsigned 32-bit number; we cut far below. */
const maxChunkBytes = 0xffff_ffff;

/** Bytes of the index of a file with `count` chunks. */
export const chunkIndexBytes = (count: number): number => headerBytes + entryBytes * count;

/** Writes an index as docs/protocol/chunk-index.md says: a 56-byte header, then 36 bytes a chunk. */
export function encodeChunkIndex(index: ChunkIndex): Uint8Array {
  const bytes = new Uint8Array(chunkIndexBytes(index.chunks.length));
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint8(8, formatVersion);
  view.setUint8(9, algorithmSha256);
  view.setUint32(12, index.chunks.length, true);
  view.setBigUint64(16, BigInt(index.size), true);
  bytes.set(Buffer.from(index.sha256, "hex"), 24);
  let at = headerBytes;
  for (const { length, sha256 } of index.chunks) {
    view.setUint32(at, length, true);
    bytes.set(Buffer.from(sha256, "hex"), at + 4);
    at += entryBytes;
  }
  return bytes;
}

/**
 * Reads an index and proves it whole: known version and algorithm, lengths that add up to the file, nothing behind.
 * `name` is the weight file's, for messages. Throws `E_MANIFEST_SCHEMA`, or `E_LIMIT` for more than `maxChunks`.
 */
export function decodeChunkIndex(bytes: Uint8Array, name: string): ChunkIndex {
  const refuse = (why: string): never => {
    throw new ManifestError("E_MANIFEST_SCHEMA", `${name}.chunks: ${why}: publish the file again`);
  };
  if (bytes.length < headerBytes || magic.some((byte, i) => bytes[i] !== byte)) {
    return refuse("this is not a chunk index");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(8) !== formatVersion) {
    refuse(`written in version ${view.getUint8(8)} of the format, this client reads 1`);
  }
  if (view.getUint8(9) !== algorithmSha256) refuse("its digests are not SHA-256");
  if (view.getUint16(10, true) !== 0) refuse("its reserved bytes are not zero");
  const count = view.getUint32(12, true);
  if (count > maxChunks) {
    throw new ManifestError("E_LIMIT", `${name}.chunks: ${count} chunks, at most ${maxChunks}`);
  }
  if (bytes.length !== chunkIndexBytes(count)) {
    refuse(`${bytes.length} bytes do not hold exactly ${count} chunks`);
  }
  const size = view.getBigUint64(16, true);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) refuse("its file size is not a safe integer");
  return {
    size: Number(size),
    sha256: hex(bytes, 24),
    chunks: readChunks(bytes, view, count, Number(size), refuse),
  };
}

function readChunks(
  bytes: Uint8Array,
  view: DataView,
  count: number,
  size: number,
  refuse: (why: string) => never,
): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let offset = 0;
  for (let i = 0, at = headerBytes; i < count; i += 1, at += entryBytes) {
    const length = view.getUint32(at, true);
    if (length === 0 || length > maxChunkBytes) refuse(`chunk ${i} is empty`);
    chunks.push({ offset, length, sha256: hex(bytes, at + 4) });
    offset += length;
  }
  if (offset !== size) refuse(`its chunks hold ${offset} bytes, the file ${size}`);
  return chunks;
}

const hex = (bytes: Uint8Array, at: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, 32).toString("hex");
