/** Element types, by the names of the Open Inference Protocol. All that onnxruntime-node takes or gives. */
export type TensorType =
  | "BOOL"
  | "UINT8"
  | "UINT16"
  | "UINT32"
  | "UINT64"
  | "INT8"
  | "INT16"
  | "INT32"
  | "INT64"
  | "FP16"
  | "FP32"
  | "FP64"
  | "BYTES";

/** A named tensor: its elements row-major and little-endian, or texts where the type is `BYTES`. */
export interface NamedTensor {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly data: Uint8Array | readonly string[];
}

/** An input or output of a model. -1: any size. */
export interface TensorInfo {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
}
