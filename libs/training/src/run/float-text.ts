/** Float32 values as base64 of their bytes, for JSON. */
export const encodeFloats = (values: Float32Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");

/** What `encodeFloats` wrote. */
export const decodeFloats = (text: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
