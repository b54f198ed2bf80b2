/** A safetensors file from a header, written as it is given, and its data. */
export function safetensorsFile(header: unknown, data: Uint8Array | number = 0): Buffer {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([
    length,
    text,
    typeof data === "number" ? Buffer.alloc(data) : Buffer.from(data),
  ]);
}

/** An entry of the header: float32. */
export const floats = (
  shape: readonly number[],
  begin: number,
  end: number,
): {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: number[];
} => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});
