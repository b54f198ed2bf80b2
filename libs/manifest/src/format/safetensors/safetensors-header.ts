import { Malformed } from "../../bytes/malformed.ts";
import { type RandomAccess, viewOf } from "../../bytes/random-access.ts";
import { ManifestError } from "../../error.ts";
import { isObject } from "../../json/is-object.ts";
import type { JsonValue } from "../../json/json.ts";
import { parseJson } from "../../json/parse-json.ts";
import { printable } from "../../text/printable.ts";
import { safetensorsBits } from "./safetensors-dtype.ts";

export interface SafetensorsTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly elements: number;
  /** Offsets in the file. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of their bytes. */
  readonly tensors: readonly SafetensorsTensor[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** The reference implementation's cap of a header. */
export const maxSafetensorsHeaderBytes = 100_000_000;

/**
 * Reads the header of a safetensors file and holds it against the rules of the format (safetensors README, and its
 * validator in Rust): lengths inside the file, no key twice, every tensor's shape and type as long as its bytes, no byte
 * of the data in two tensors or in none. Throws `Malformed` at the first rule that is broken.
 */
export async function readSafetensors(
  file: RandomAccess,
  maxHeaderBytes = maxSafetensorsHeaderBytes,
): Promise<SafetensorsHeader> {
  if (file.size < 8) throw broken("shorter than its first number");
  const length = Number(viewOf(await file.read(0, 8)).getBigUint64(0, true));
  if (length > maxHeaderBytes) throw broken(`a header of ${length} bytes`);
  if (length > file.size - 8) throw broken("its header ends outside of the file");
  const bytes = await file.read(8, length);
  if (bytes[0] !== 0x7b) throw broken("its header does not begin with {");
  const header = parseHeader(bytes);
  const data = 8 + length;
  const tensors = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => readTensor(name, value, data))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = data;
  for (const tensor of tensors) {
    const shown = printable(tensor.name, 80);
    if (tensor.begin < end) throw broken(`${shown} overlaps the tensor before it`);
    if (tensor.begin > end) throw broken(`a hole before ${shown}`);
    end = tensor.end;
  }
  if (end > file.size) throw broken("its tensors end outside of the file");
  if (end < file.size) throw broken(`${file.size - end} bytes behind its last tensor`);
  return { tensors, metadata: readMetadata(header["__metadata__"]) };
}

function parseHeader(bytes: Uint8Array): Readonly<Record<string, JsonValue>> {
  let header: JsonValue;
  try {
    header = parseJson(bytes, { maxBytes: maxSafetensorsHeaderBytes, maxDepth: 4 });
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause;
    throw new Malformed(`safetensors: its header is ${cause.message}`, { cause });
  }
  if (!isObject(header)) throw broken("its header is no object");
  return header;
}

function readTensor(name: string, value: JsonValue, data: number): SafetensorsTensor {
  const shown = printable(name, 80);
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
  const bits = safetensorsBits(dtype);
  if (bits === undefined) throw broken(`${shown} has no known dtype`);
  if (!isCounts(shape)) throw broken(`${shown} has no shape`);
  if (!isCounts(offsets) || offsets.length !== 2) throw broken(`${shown} has no offsets`);
  const elements = shape.reduce((product, axis) => product * axis, 1);
  const [begin = 0, end = 0] = offsets;
  if (!Number.isSafeInteger(elements) || elements * bits !== (end - begin) * 8) {
    throw broken(`${shown} has another number of bytes than its shape and dtype say`);
  }
  return { name, dtype: String(dtype), shape, elements, begin: data + begin, end: data + end };
}

const isCounts = (value: JsonValue | undefined): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && Number(item) >= 0);

function readMetadata(value: JsonValue | undefined): ReadonlyMap<string, string> {
  if (value === undefined) return new Map();
  if (!isObject(value) || !Object.values(value).every((text) => typeof text === "string")) {
    throw broken("its __metadata__ is no map of texts");
  }
  return new Map(Object.entries(value as Readonly<Record<string, string>>));
}

const broken = (what: string): Malformed => new Malformed(`safetensors: ${what}`);
