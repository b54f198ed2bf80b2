import type { Format } from "../format/format.ts";
import type { OnnxValue } from "../format/onnx/read-value.ts";

/** What a weight file says about itself, whatever the model is for. */
export interface Facts {
  readonly format: Format;
  /** Bytes. */
  readonly size: number;
  /** Tensors that it holds or names. */
  readonly tensors?: number;
  /** Elements of all of them; buffers and constants count as well, since files do not tell them apart. */
  readonly parameters?: number;
  /** Elements by data type, most first: `float32`, `int64`, `bfloat16`, `Q4_K` … */
  readonly dtypes?: Readonly<Record<string, number>>;
  /** Texts that its writer put in: ONNX `metadata_props`, safetensors `__metadata__`, single values of GGUF, Keras. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly onnx?: OnnxFacts;
}

export interface OnnxFacts {
  readonly irVersion: number;
  /** Version by domain; `ai.onnx` is the standard one. */
  readonly opsets: Readonly<Record<string, number>>;
  /** `pytorch 2.4.0`; empty where it is not said. */
  readonly producer: string;
  /** Without those that have a value in the file. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Nodes, those of functions and nested graphs included. */
  readonly nodes: number;
  /** Files beside the model that hold its data, as it names them. */
  readonly externalData: readonly string[];
}
