import type { InferenceSession, Tensor, TypedTensor } from "onnxruntime-node";
import { InferenceError } from "../error.ts";
import type { NamedTensor, TensorType } from "../tensor.ts";

/** The runtime's module, required where it is used. */
export interface Ort {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof Tensor;
}

type OrtType = Tensor.Type;

const ortTypes: Readonly<Record<TensorType, OrtType>> = {
  BOOL: "bool",
  UINT8: "uint8",
  UINT16: "uint16",
  UINT32: "uint32",
  UINT64: "uint64",
  INT8: "int8",
  INT16: "int16",
  INT32: "int32",
  INT64: "int64",
  FP16: "float16",
  FP32: "float32",
  FP64: "float64",
  BYTES: "string",
};

const ourTypes: ReadonlyMap<string, TensorType> = new Map(
  (Object.keys(ortTypes) as TensorType[]).map((type) => [ortTypes[type], type]),
);

/** Our name of the runtime's element type; undefined for one that cannot be served. */
export const typeOf = (type: string): TensorType | undefined => ourTypes.get(type);

const arrays = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const;

/** Elements as the runtime takes them: copied, since bytes from the channel may lie at any offset. */
function elements(type: Exclude<TensorType, "BYTES">, data: Uint8Array): ArrayBufferView {
  const copy = data.slice();
  const Elements = arrays[type];
  return new Elements(copy.buffer, 0, Math.floor(copy.byteLength / Elements.BYTES_PER_ELEMENT));
}

/** A tensor for the runtime. @throws InferenceError `E_INPUT` when the runtime does not take it. */
export function toOrt(ort: Ort, tensor: NamedTensor): Tensor {
  const { type, data } = tensor;
  try {
    if (type === "BYTES") return new ort.Tensor("string", data as string[], tensor.shape);
    const values = elements(type, data as Uint8Array);
    const Make = ort.Tensor as new (
      type: OrtType,
      data: unknown,
      dims: readonly number[],
    ) => Tensor;
    return new Make(ortTypes[type], values, tensor.shape);
  } catch (cause) {
    const message = `input ${tensor.name}: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new InferenceError("E_INPUT", message, { cause });
  }
}

/** What the runtime gave, row-major and little-endian. The bytes are those of the runtime, not a copy. */
export function fromOrt(name: string, tensor: Tensor): NamedTensor {
  const type = typeOf(tensor.type);
  if (type === undefined) {
    throw new InferenceError("E_MODEL", `output ${name} has the type ${tensor.type}`);
  }
  const shape = [...tensor.dims];
  if (type === "BYTES") return { name, type, shape, data: tensor.data as readonly string[] };
  const values = tensor.data as Exclude<TypedTensor<"float32">["data"], string[]>;
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, type, shape, data };
}
