/** A data type of `TensorProto.DataType` (onnx/onnx.proto, IR version 13) with the bits of one element. */
export interface ElementType {
  readonly name: string;
  /** 0 where an element has no fixed size. */
  readonly bits: number;
}

const table: readonly (readonly [string, number])[] = [
  ["undefined", 0],
  ["float32", 32],
  ["uint8", 8],
  ["int8", 8],
  ["uint16", 16],
  ["int16", 16],
  ["int32", 32],
  ["int64", 64],
  ["string", 0],
  ["bool", 8],
  ["float16", 16],
  ["float64", 64],
  ["uint32", 32],
  ["uint64", 64],
  ["complex64", 64],
  ["complex128", 128],
  ["bfloat16", 16],
  ["float8e4m3fn", 8],
  ["float8e4m3fnuz", 8],
  ["float8e5m2", 8],
  ["float8e5m2fnuz", 8],
  ["uint4", 4],
  ["int4", 4],
  ["float4e2m1", 4],
  ["float8e8m0", 8],
  ["uint2", 2],
  ["int2", 2],
];

/** The element type of a number in an ONNX file; a newer one keeps its number. */
export function elementType(number: number): ElementType {
  const [name, bits] = table[number] ?? [`type ${number}`, 0];
  return { name, bits };
}
