import { ByteCursor } from "../../bytes/byte-cursor.ts";
import { Malformed } from "../../bytes/malformed.ts";
import type { RandomAccess } from "../../bytes/random-access.ts";
import { printable } from "../../text/printable.ts";
import { ggmlType } from "./ggml-type.ts";
import { readText, readValue, type GgufValue } from "./gguf-value.ts";

export interface GgufTensor {
  readonly name: string;
  /** `F16`, `Q4_K` … */
  readonly dtype: string;
  readonly elements: number;
  /** Offset behind the header, bytes; `end` is undefined for a type that is newer than ours. */
  readonly begin: number;
  readonly end: number | undefined;
}

export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly GgufTensor[];
}

const magicBytes = 4;
const caps = { values: 100_000, tensors: 1_000_000, axes: 8 };

/**
 * Reads the header of a GGUF file (ggml's docs/gguf.md) and holds it against the file: known version, nothing named twice,
 * every tensor aligned, inside the file and apart from the others. Throws `Malformed`.
 */
export async function readGguf(file: RandomAccess): Promise<GgufHeader> {
  const cursor = new ByteCursor(file, "gguf");
  cursor.skip(magicBytes);
  const version = await cursor.u32();
  if (version !== 2 && version !== 3) throw new Malformed(`gguf: version ${version} of the format`);
  const tensorCount = await cursor.u64();
  const valueCount = await cursor.u64();
  if (tensorCount > caps.tensors || valueCount > caps.values) {
    throw new Malformed(`gguf: ${tensorCount} tensors and ${valueCount} values`);
  }
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < valueCount; i += 1) {
    const key = await readText(cursor);
    if (metadata.has(key)) throw new Malformed(`gguf: ${printable(key, 80)} is there twice`);
    metadata.set(key, await readValue(cursor, await cursor.u32()));
  }
  const tensors: GgufTensor[] = [];
  for (let i = 0; i < tensorCount; i += 1) tensors.push(await readTensor(cursor));
  if (new Set(tensors.map(({ name }) => name)).size !== tensors.length) {
    throw new Malformed("gguf: a tensor is there twice");
  }
  const alignment = metadata.get("general.alignment") ?? 32;
  if (typeof alignment !== "number" || alignment < 1 || alignment % 1 !== 0) {
    throw new Malformed("gguf: an alignment that cannot be");
  }
  checkPlaces(tensors, alignment, file.size - Math.ceil(cursor.at / alignment) * alignment);
  return { version, metadata, tensors };
}

async function readTensor(cursor: ByteCursor): Promise<GgufTensor> {
  const name = await readText(cursor);
  const axes = await cursor.u32();
  if (axes > caps.axes) throw new Malformed(`gguf: a tensor of ${axes} axes`);
  let elements = 1;
  let row = 1;
  for (let axis = 0; axis < axes; axis += 1) {
    const length = await cursor.u64();
    if (axis === 0) row = length;
    elements *= length;
  }
  const number = await cursor.u32();
  const type = ggmlType(number);
  const begin = await cursor.u64();
  const shown = printable(name, 80);
  if (!Number.isSafeInteger(elements))
    throw new Malformed(`gguf: ${shown} has a shape that cannot be`);
  if (type !== undefined && row % type.elements !== 0) {
    throw new Malformed(`gguf: ${shown} has rows of part of a block`);
  }
  const end = type && begin + (elements / type.elements) * type.bytes;
  return { name, dtype: type?.name ?? `type ${number}`, elements, begin, end };
}

function checkPlaces(tensors: readonly GgufTensor[], alignment: number, dataBytes: number): void {
  let last = 0;
  for (const { name, begin, end = begin } of [...tensors].sort((a, b) => a.begin - b.begin)) {
    const shown = printable(name, 80);
    if (begin % alignment !== 0) throw new Malformed(`gguf: ${shown} is not aligned`);
    if (begin < last) throw new Malformed(`gguf: ${shown} overlaps the tensor before it`);
    if (end > dataBytes) throw new Malformed(`gguf: ${shown} ends outside of the file`);
    last = end;
  }
}
