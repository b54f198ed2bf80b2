import { InferenceError } from "../error.ts";
import type { NamedTensor, TensorType } from "../tensor.ts";
import { halfToNumber } from "./half.ts";

/** Bytes of one element; `BYTES` has none of a fixed size. */
export const elementBytes: Readonly<Record<Exclude<TensorType, "BYTES">, number>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  FP32: 4,
  FP64: 8,
};

const readers: Readonly<
  Record<Exclude<TensorType, "BYTES">, (view: DataView, at: number) => number>
> = {
  BOOL: (view, at) => view.getUint8(at),
  UINT8: (view, at) => view.getUint8(at),
  UINT16: (view, at) => view.getUint16(at, true),
  UINT32: (view, at) => view.getUint32(at, true),
  UINT64: (view, at) => Number(view.getBigUint64(at, true)),
  INT8: (view, at) => view.getInt8(at),
  INT16: (view, at) => view.getInt16(at, true),
  INT32: (view, at) => view.getInt32(at, true),
  INT64: (view, at) => Number(view.getBigInt64(at, true)),
  FP16: (view, at) => halfToNumber(view.getUint16(at, true)),
  FP32: (view, at) => view.getFloat32(at, true),
  FP64: (view, at) => view.getFloat64(at, true),
};

/**
 * Elements of a numeric tensor as float32, row-major; a view of its bytes where they are float32 and aligned.
 *
 * @throws InferenceError `E_OUTPUT` for a tensor of texts.
 */
export function tensorValues(tensor: NamedTensor): Float32Array {
  const { data, name, type } = tensor;
  if (type === "BYTES" || !("byteLength" in data)) {
    throw new InferenceError("E_OUTPUT", `output ${name}: texts, where numbers are expected`);
  }
  const size = elementBytes[type];
  const count = Math.floor(data.byteLength / size);
  if (type === "FP32" && data.byteOffset % 4 === 0) {
    return new Float32Array(data.buffer, data.byteOffset, count);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const read = readers[type];
  return Float32Array.from({ length: count }, (_, index) => read(view, index * size));
}

/** Whether every element of a floating tensor is finite; other types always are. */
export function isFiniteTensor(tensor: NamedTensor): boolean {
  if (tensor.type !== "FP32" && tensor.type !== "FP16" && tensor.type !== "FP64") return true;
  const { data } = tensor;
  if (tensor.type === "FP64" && "byteLength" in data) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at + 8 <= data.byteLength; at += 8) {
      if (!Number.isFinite(view.getFloat64(at, true))) return false;
    }
    return true;
  }
  const values = tensorValues(tensor);
  for (let index = 0; index < values.length; index += 1) {
    if (!Number.isFinite(values[index])) return false;
  }
  return true;
}

/** A float32 tensor over the same memory as `values`. */
export function floatTensor(
  name: string,
  shape: readonly number[],
  values: Float32Array,
): NamedTensor {
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, type: "FP32", shape, data };
}

/** Number of elements of a shape. */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((total, size) => total * size, 1);
