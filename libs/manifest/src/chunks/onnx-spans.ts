import type { RandomAccess } from "../bytes/random-access.ts";
import type { Span } from "./span.ts";

/** Field numbers of onnx.proto: ModelProto.graph, GraphProto.initializer, TensorProto.raw_data. */
const path = [7, 5, 9] as const;
/** A key and a length of a protobuf field, each a varint of at most 10 bytes. */
const fieldHeadBytes = 20;

interface Field {
  readonly number: number;
  /** Of the value, where it is bytes; else an empty span behind it. */
  readonly begin: number;
  readonly end: number;
}

/**
 * Where the raw data of the initializers of an ONNX file lie. Only field heads are read, never weights. Empty where the
 * file is not a well-formed ModelProto.
 */
export async function onnxSpans(file: RandomAccess): Promise<Span[]> {
  return descend(file, { begin: 0, end: file.size }, 0);
}

async function descend(file: RandomAccess, within: Span, depth: number): Promise<Span[]> {
  const found: Span[] = [];
  for (let at = within.begin; at < within.end;) {
    const field = await readField(file, at, within.end);
    if (field === undefined) return [];
    if (field.number === path[depth]) {
      const { begin, end } = field;
      if (depth === path.length - 1) found.push({ begin, end });
      else found.push(...(await descend(file, { begin, end }, depth + 1)));
    }
    at = field.end;
  }
  return found;
}

async function readField(file: RandomAccess, at: number, end: number): Promise<Field | undefined> {
  const head = await file.read(at, Math.min(fieldHeadBytes, end - at));
  const key = varint(head, 0);
  if (key === undefined) return undefined;
  const number = Math.floor(key.value / 8);
  const from = at + key.next;
  const fixed = { 1: 8, 5: 4 }[key.value % 8];
  if (fixed !== undefined) return inside({ number, begin: from + fixed, end: from + fixed }, end);
  const value = varint(head, key.next);
  if (value === undefined) return undefined;
  const next = at + value.next;
  if (key.value % 8 === 0) return inside({ number, begin: next, end: next }, end);
  if (key.value % 8 === 2) return inside({ number, begin: next, end: next + value.value }, end);
  return undefined;
}

const inside = (field: Field, end: number): Field | undefined =>
  field.end <= end ? field : undefined;

/** A base-128 varint; exact up to 2^53, which no length here passes. */
function varint(bytes: Uint8Array, from: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let i = from, scale = 1; i < from + 10; i += 1, scale *= 128) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: i + 1 };
  }
  return undefined;
}
