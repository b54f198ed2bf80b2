import type { NamedTensor } from "@plimsoll/inference";
import { unpackStrings } from "./byte-strings.ts";
import { elementBytes, isDatatype } from "./datatype.ts";
import { isFinite, packElements } from "./elements.ts";
import { refused } from "./refused.ts";

const maxRank = 32;

/** An object of the request's JSON. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Quotes what a client sent, short and with its control characters escaped. */
const quoted = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? "nothing";

function shapeOf(name: string, shape: unknown): readonly number[] {
  const isShape =
    Array.isArray(shape) &&
    shape.length <= maxRank &&
    shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape) throw refused(`input ${quoted(name)}: shape must be at most 32 whole numbers`);
  return shape as readonly number[];
}

/** Elements in row-major order. Nested to the shape's depth or already flat; not recursive, however deep it is. */
function flatten(name: string, data: unknown, shape: readonly number[]): readonly unknown[] {
  if (!Array.isArray(data)) throw refused(`input ${quoted(name)}: data must be an array`);
  let level: readonly unknown[] = data;
  for (let depth = 1; Array.isArray(level[0]); depth += 1) {
    if (depth >= Math.max(1, shape.length)) {
      throw refused(`input ${quoted(name)}: data is nested deeper than its shape`);
    }
    const size = shape[depth];
    const next: unknown[] = [];
    for (const row of level) {
      if (!Array.isArray(row) || row.length !== size) {
        throw refused(`input ${quoted(name)}: data is not nested as its shape says`);
      }
      for (const value of row) next.push(value);
    }
    level = next;
  }
  return level;
}

/** Binary data that a request still has. */
export interface BinaryRest {
  take(size: number): Uint8Array | undefined;
}

function binarySize(name: string, parameters: unknown): number | undefined {
  const size = isFields(parameters) ? parameters["binary_data_size"] : undefined;
  if (size === undefined) return undefined;
  if (Number.isSafeInteger(size) && (size as number) >= 0) return size as number;
  throw refused(`input ${quoted(name)}: binary_data_size must be a whole number`);
}

/** One input of a request: from its JSON, or from the binary data behind it. */
export function readTensor(input: unknown, rest: BinaryRest): NamedTensor {
  if (!isFields(input)) throw refused("inputs must hold objects");
  const { name, datatype: type, parameters, data } = input;
  if (typeof name !== "string" || name === "" || name.length > 1_000) {
    throw refused("every input needs a name");
  }
  if (!isDatatype(type)) throw refused(`input ${quoted(name)}: unknown datatype ${quoted(type)}`);
  const shape = shapeOf(name, input["shape"]);
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count)) throw refused(`input ${quoted(name)}: the shape is too large`);

  const size = binarySize(name, parameters);
  if (size !== undefined) {
    if (data !== undefined) throw refused(`input ${quoted(name)}: data and binary data at once`);
    const bytes = rest.take(size);
    if (bytes === undefined) throw refused(`input ${quoted(name)}: there are fewer binary bytes`);
    if (type === "BYTES") {
      const texts = unpackStrings(bytes, count);
      if (texts !== undefined) return { name, type, shape, data: texts };
      throw refused(`input ${quoted(name)}: not ${count} texts in UTF-8, each behind its length`);
    }
    if (size !== count * elementBytes[type]) {
      throw refused(
        `input ${quoted(name)}: ${count * elementBytes[type]} bytes expected, ${size} given`,
      );
    }
    if (!isFinite(type, bytes)) throw refused(`input ${quoted(name)}: not every number is finite`);
    return { name, type, shape, data: bytes };
  }

  const values = flatten(name, data, shape);
  if (values.length !== count) {
    throw refused(`input ${quoted(name)}: ${count} elements expected, ${values.length} given`);
  }
  if (type === "BYTES") {
    if (values.every((value) => typeof value === "string"))
      return { name, type, shape, data: values };
    throw refused(`input ${quoted(name)}: texts are expected`);
  }
  const packed = packElements(type, values);
  if (typeof packed !== "number") return { name, type, shape, data: packed };
  const wrong = quoted(values[packed]);
  throw refused(`input ${quoted(name)}: element ${packed}, ${wrong}, is no ${type}`);
}
