import { printable } from "../../text/printable.ts";
import { elementType } from "./element-type.ts";
import type { WireField, WireReader } from "./wire.ts";

/** A tensor that an ONNX file holds or points to. */
export interface OnnxTensor {
  readonly name: string;
  /** `float32`, `int64` … */
  readonly dtype: string;
  readonly elements: number;
  /** Set where the data lie in another file. */
  readonly external?: ExternalData;
}

/** `TensorProto.external_data` as it stands in the file: nothing of it is checked yet. */
export interface ExternalData {
  readonly location: string;
  readonly offset?: string;
  readonly length?: string;
}

/** Field numbers of TensorProto. */
const field = { dims: 1, dataType: 2, stringData: 6, name: 8, rawData: 9, externalData: 13 };
/** Fields of typed data, with the fewest bytes that one element takes. */
const typed: ReadonlyMap<number, number> = new Map([
  [4, 4], // float_data
  [5, 0.5], // int32_data: varints, two 4-bit elements to one
  [7, 1], // int64_data
  [10, 8], // double_data
  [11, 1], // uint64_data
]);

/** Reads a TensorProto without its data; what its sizes contradict goes to `problem`. */
export async function readTensor(
  reader: WireReader,
  span: WireField,
  problem: (what: string) => void,
): Promise<OnnxTensor> {
  const dims: number[] = [];
  let name = "";
  let type = 0;
  let raw: number | undefined;
  let room = 0;
  const external = new Map<string, string>();
  for (const part of await reader.fields(span)) {
    const minimum = typed.get(part.number);
    if (part.number === field.dims) dims.push(...(await reader.numbers(part)));
    else if (part.number === field.dataType) type = part.value;
    else if (part.number === field.name) name = await reader.text(part, 4096);
    else if (part.number === field.rawData) raw = part.end - part.begin;
    else if (part.number === field.stringData) room += 1;
    else if (part.number === field.externalData) external.set(...(await readPair(reader, part)));
    else if (minimum !== undefined) {
      room += part.wire === 2 ? (part.end - part.begin) / minimum : 1 / Math.min(1, minimum);
    }
  }
  const { name: dtype, bits } = elementType(type);
  const elements = dims.reduce((product, dim) => product * dim, 1);
  const shown = `the tensor ${printable(name, 80)}`;
  if (dims.some((dim) => dim < 0) || !Number.isSafeInteger(elements)) {
    problem(`${shown} has a shape that cannot be`);
  } else if (external.size > 0) {
    const length = Number(external.get("length") ?? Number.NaN);
    if (length * 8 < elements * bits) problem(`${shown} says more elements than it has data`);
  } else if (
    raw === undefined ? room < elements : bits > 0 && raw !== Math.ceil((elements * bits) / 8)
  ) {
    problem(`${shown} says another number of elements than it has data`);
  }
  return {
    name,
    dtype,
    elements,
    ...(external.size > 0 && { external: externalData(external) }),
  };
}

function externalData(entries: ReadonlyMap<string, string>): ExternalData {
  const [offset, length] = [entries.get("offset"), entries.get("length")];
  return {
    location: entries.get("location") ?? "",
    ...(offset !== undefined && { offset }),
    ...(length !== undefined && { length }),
  };
}

/** Key and value of a StringStringEntryProto. */
export async function readPair(reader: WireReader, span: WireField): Promise<[string, string]> {
  let key = "";
  let value = "";
  for (const part of await reader.fields(span)) {
    if (part.number === 1) key = await reader.text(part);
    else if (part.number === 2) value = await reader.text(part);
  }
  return [key, value];
}
