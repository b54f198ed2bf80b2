import { sha256Stream, type WeightEntry } from "@plimsoll/manifest";
import type { ByteSource, HostLimits } from "@plimsoll/storage";

/** A piece of a weight file that a host does not take whole. */
export interface FilePart {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

type Encoding = NonNullable<WeightEntry["encoding"]>;

/** The compressed form of a weight file, which is what lies in the stores then. */
export interface EncodedFile {
  readonly type: Encoding;
  readonly name: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  /** Where it is on this disk; absent where only a manifest tells of it. */
  readonly path?: string;
}

/** A weight file as stores see it: whole, compressed, or in parts where it is larger than a host takes. */
export interface SplitFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly parts?: readonly FilePart[];
  readonly encoded?: EncodedFile;
}

/** What a file is called in a store if it lies there with this encoding. */
export function storedName(name: string, encoding: Encoding | undefined): string {
  const endings = { gzip: ".gz", zstd: ".zst" };
  return encoding === undefined ? name : name + endings[encoding];
}

/** Name of the part with this index, from 0. Sorted by name the parts are in order. */
export function partName(name: string, index: number): string {
  return `${name}.part-${String(index + 1).padStart(3, "0")}`;
}

/** Whether a host wants this file in parts. */
export function wantsParts(size: number, limits: HostLimits = {}): boolean {
  return limits.splitBytes !== undefined && size > (limits.maxObjectBytes ?? Infinity);
}

/** What lies in a store for a file. */
export function storedAs(file: SplitFile, limits: HostLimits | undefined): readonly FilePart[] {
  if (file.parts && wantsParts(file.size, limits)) return file.parts;
  const { name, size, sha256 } = file.encoded ?? file;
  return [{ name, offset: 0, size, sha256 }];
}

/** Cuts a file into parts of `partBytes` and hashes each; the bytes are read once, and not kept. */
export async function splitFile(
  name: string,
  source: ByteSource,
  partBytes: number,
  signal?: AbortSignal,
): Promise<FilePart[]> {
  const parts: FilePart[] = [];
  for (let offset = 0; offset < source.size; offset += partBytes) {
    signal?.throwIfAborted();
    const size = Math.min(partBytes, source.size - offset);
    const { sha256 } = await sha256Stream(source.open(offset, offset + size));
    parts.push({ name: partName(name, parts.length), offset, size, sha256 });
  }
  return parts;
}

/** A part of a source as a source. */
export function partSource(source: ByteSource, { name, offset, size }: FilePart): ByteSource {
  if (offset === 0 && size === source.size) return source;
  return {
    size,
    label: `${source.label} (${name})`,
    open: (start = 0, end = size) => source.open(offset + start, offset + end),
  };
}
