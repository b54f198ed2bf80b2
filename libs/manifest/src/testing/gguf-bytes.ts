const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const text = (value: string): Buffer =>
  Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);

export interface MadeTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** 0 F32, 2 Q4_0 … */
  readonly type?: number;
  readonly offset: number;
}

export interface MadeGguf {
  readonly version?: number;
  /** Texts, numbers (as uint32), or bytes with their type in front. */
  readonly values?: readonly (readonly [string, string | number | Uint8Array])[];
  readonly tensors?: readonly MadeTensor[];
  readonly dataBytes?: number;
}

/** A GGUF file, alignment 32. */
export function gguf({
  version = 3,
  values = [],
  tensors = [],
  dataBytes = 0,
}: MadeGguf = {}): Buffer {
  const header = Buffer.concat([
    Buffer.from("GGUF"),
    u32(version),
    u64(tensors.length),
    u64(values.length),
    ...values.map(([key, value]) =>
      Buffer.concat([
        text(key),
        typeof value === "string"
          ? Buffer.concat([u32(8), text(value)])
          : typeof value === "number"
            ? Buffer.concat([u32(4), u32(value)])
            : value,
      ]),
    ),
    ...tensors.map(({ name, dims, type = 0, offset }) =>
      Buffer.concat([text(name), u32(dims.length), ...dims.map(u64), u32(type), u64(offset)]),
    ),
  ]);
  const padding = (32 - (header.length % 32)) % 32;
  return Buffer.concat([header, Buffer.alloc(padding + dataBytes)]);
}
