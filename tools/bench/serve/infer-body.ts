/** What the measured model takes: float32 `[1, width]`. */
export const width = 512;

/** A v2 inference request with its tensor as JSON numbers, and with it as bytes behind the JSON. */
export function inferBodies(): {
  readonly json: string;
  readonly binary: Buffer;
  readonly jsonLength: number;
} {
  const values = Float32Array.from({ length: width }, (_, i) => (i % 17) / 17);
  const input = { name: "x", datatype: "FP32", shape: [1, width] };
  const json = JSON.stringify({ inputs: [{ ...input, data: [...values] }] });
  const head = Buffer.from(
    JSON.stringify({
      inputs: [{ ...input, parameters: { binary_data_size: values.byteLength } }],
      outputs: [{ name: "y", parameters: { binary_data: true } }],
    }),
  );
  const binary = Buffer.concat([head, Buffer.from(values.buffer)]);
  return { json, binary, jsonLength: head.length };
}
