import { InferenceError } from "../error.ts";
import type { Tensor } from "./message.ts";

/** ONNX's numbers for element types (TensorProto.DataType). */
export const elementType = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;

export type ElementType = keyof typeof elementType;

const product = (dims: readonly number[]): number => dims.reduce((total, dim) => total * dim, 1);

function checkLength(name: string, dims: readonly number[], length: number): void {
  if (product(dims) === length && dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
    return;
  }
  throw new InferenceError(
    "E_USAGE",
    `tensor ${name}: ${length} values do not fill the shape [${dims.join(", ")}]`,
  );
}

/**
 * A float32 tensor of shape `dims` (`[]`: a scalar), values row-major. The values are copied.
 *
 * @throws InferenceError `E_USAGE` when `dims` and the number of values disagree.
 */
export function float32Tensor(
  name: string,
  dims: readonly number[],
  values: Float32Array | readonly number[],
): Tensor {
  checkLength(name, dims, values.length);
  const rawData = new Uint8Array(values.length * 4);
  const view = new DataView(rawData.buffer);
  for (let i = 0; i < values.length; i += 1) view.setFloat32(i * 4, values[i] ?? 0, true);
  return { name, dims: [...dims], dataType: elementType.float32, rawData };
}

/**
 * An int64 tensor of shape `dims` (`[]`: a scalar): shapes, axes and indices of other operators.
 *
 * @throws InferenceError `E_USAGE` when `dims` and the number of values disagree.
 */
export function int64Tensor(
  name: string,
  dims: readonly number[],
  values: readonly (number | bigint)[],
): Tensor {
  checkLength(name, dims, values.length);
  const rawData = new Uint8Array(values.length * 8);
  const view = new DataView(rawData.buffer);
  values.forEach((value, i) => view.setBigInt64(i * 8, BigInt(value), true));
  return { name, dims: [...dims], dataType: elementType.int64, rawData };
}

/**
 * The values of a float32 tensor, row-major, wherever its producer put them.
 *
 * @throws InferenceError `E_MODEL` when it holds another type, or its values lie in another file or do not fill its shape.
 */
export function float32Values(tensor: Tensor): Float32Array {
  const { name = "", dims = [], dataType, rawData, floatData = [], dataLocation } = tensor;
  const count = product(dims.map(Number));
  const refuse = (why: string): InferenceError =>
    new InferenceError("E_MODEL", `tensor ${name}: ${why}`);
  if (dataType !== elementType.float32) throw refuse(`element type ${dataType} is not float32`);
  if (dataLocation === 1) throw refuse("its values lie in another file");
  if (rawData === undefined) {
    if (floatData.length !== count) throw refuse(`${floatData.length} of ${count} values`);
    return Float32Array.from(floatData);
  }
  if (rawData.byteLength !== count * 4) {
    throw refuse(`${rawData.byteLength} bytes for ${count} values`);
  }
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Float32Array.from({ length: count }, (_, i) => view.getFloat32(i * 4, true));
}
