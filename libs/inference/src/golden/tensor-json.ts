import type { JsonObject, JsonValue } from "@plimsoll/manifest";
import { InferenceError } from "../error.ts";
import { elementBytes, elementCount } from "../pipelines/tensor-values.ts";
import type { NamedTensor, TensorType } from "../tensor.ts";

const refuse = (why: string): InferenceError =>
  new InferenceError("E_GOLDEN", `golden: ${why}: record it again`);

const isType = (text: unknown): text is TensorType =>
  typeof text === "string" && (text === "BYTES" || Object.hasOwn(elementBytes, text));

/** The bytes of base64 text. @throws InferenceError `E_GOLDEN` for anything else. */
export function fromBase64(value: unknown): Uint8Array {
  if (
    typeof value !== "string" ||
    !/^[A-Za-z0-9+/]*={0,2}$/.test(value) ||
    value.length % 4 !== 0
  ) {
    throw refuse("base64 expected");
  }
  return new Uint8Array(Buffer.from(value, "base64"));
}

type Writer = (view: DataView, at: number, value: number) => void;

const writers: Partial<Record<TensorType, Writer>> = {
  BOOL: (view, at, value) => view.setUint8(at, value === 0 ? 0 : 1),
  UINT8: (view, at, value) => view.setUint8(at, value),
  INT8: (view, at, value) => view.setInt8(at, value),
  UINT16: (view, at, value) => view.setUint16(at, value, true),
  INT16: (view, at, value) => view.setInt16(at, value, true),
  UINT32: (view, at, value) => view.setUint32(at, value, true),
  INT32: (view, at, value) => view.setInt32(at, value, true),
  UINT64: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
  INT64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  FP32: (view, at, value) => view.setFloat32(at, value, true),
  FP64: (view, at, value) => view.setFloat64(at, value, true),
};

function numbers(type: Exclude<TensorType, "BYTES">, values: readonly JsonValue[]): Uint8Array {
  const write = writers[type];
  if (write === undefined) throw refuse(`${type} as base64 expected`);
  const size = elementBytes[type];
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    const number = typeof value === "boolean" ? Number(value) : value;
    if (typeof number !== "number") throw refuse("numbers expected");
    try {
      write(view, index * size, number);
    } catch {
      throw refuse(`${number} is no ${type}`);
    }
  });
  return bytes;
}

/** A tensor from `{ name, type, shape, data | base64 }`. @throws InferenceError `E_GOLDEN`. */
export function tensorFromJson(json: JsonObject): NamedTensor {
  const { name, type, shape, data, base64 } = json;
  if (typeof name !== "string" || !isType(type)) throw refuse("a tensor has a name and a type");
  const sizes = Array.isArray(shape) ? shape.map(Number) : [];
  if (!Array.isArray(shape) || !sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw refuse(`tensor ${name}: a list of sizes expected as its shape`);
  }
  const count = elementCount(sizes);
  if (type === "BYTES") {
    const texts = Array.isArray(data) ? data.map(String) : [];
    if (texts.length !== count) throw refuse(`tensor ${name}: ${count} texts expected`);
    return { name, type, shape: sizes, data: texts };
  }
  const bytes = Array.isArray(data) ? numbers(type, data) : fromBase64(base64);
  if (bytes.byteLength !== count * elementBytes[type]) {
    throw refuse(`tensor ${name}: ${count} elements expected`);
  }
  return { name, type, shape: sizes, data: bytes };
}

/** A tensor for JSON. */
export function tensorToJson({ name, type, shape, data }: NamedTensor): JsonObject {
  const values: JsonObject =
    "byteLength" in data ? { base64: Buffer.from(data).toString("base64") } : { data: [...data] };
  return { name, type, shape: [...shape], ...values };
}
