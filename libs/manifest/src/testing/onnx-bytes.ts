/** Protobuf by hand, for ONNX files that a test makes. */
export const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];

/** A field of bytes or text. */
export const bytesField = (number: number, value: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
};

/** A field of a number from 0. */
export const numberField = (number: number, value: number): Buffer =>
  Buffer.from([...varint(number * 8), ...varint(value)]);

const join = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);

export const pair = (key: string, value: string): Buffer =>
  join(bytesField(1, key), bytesField(2, value));

/** A float32 TensorProto; its data inside, or at `external`. */
export const tensor = (
  name: string,
  dims: readonly number[],
  data: Uint8Array | { readonly external: Readonly<Record<string, string>> },
): Buffer =>
  join(
    ...dims.map((dim) => numberField(1, dim)),
    numberField(2, 1),
    bytesField(8, name),
    data instanceof Uint8Array
      ? bytesField(9, data)
      : join(
          ...Object.entries(data.external).map(([key, value]) => bytesField(13, pair(key, value))),
          numberField(14, 1),
        ),
  );

/** A float32 ValueInfoProto; an axis is a length, or the name of a symbolic one. */
export const value = (name: string, shape: readonly (number | string)[]): Buffer => {
  const axes = shape.map((axis) =>
    bytesField(1, typeof axis === "number" ? numberField(1, axis) : bytesField(2, axis)),
  );
  return join(
    bytesField(1, name),
    bytesField(2, bytesField(1, join(numberField(1, 1), bytesField(2, join(...axes))))),
  );
};

export const node = (op: string, domain = "", ...attributes: readonly Uint8Array[]): Buffer =>
  join(
    bytesField(4, op),
    ...attributes.map((attribute) => bytesField(5, attribute)),
    ...(domain === "" ? [] : [bytesField(7, domain)]),
  );

export interface MadeModel {
  readonly nodes?: readonly Uint8Array[];
  readonly initializers?: readonly Uint8Array[];
  /** Fields of ModelProto behind the graph. */
  readonly more?: readonly Uint8Array[];
}

/** A ModelProto: input `x` float32 [batch,4], output `y` float32 [batch,2], opset 17. */
export const onnxFile = ({ nodes = [], initializers = [], more = [] }: MadeModel = {}): Buffer =>
  join(
    numberField(1, 8),
    bytesField(2, "a test"),
    bytesField(
      7,
      join(
        ...nodes.map((each) => bytesField(1, each)),
        bytesField(2, "main"),
        ...initializers.map((each) => bytesField(5, each)),
        bytesField(11, value("x", ["batch", 4])),
        bytesField(12, value("y", ["batch", 2])),
      ),
    ),
    bytesField(8, numberField(2, 17)),
    ...more,
  );
