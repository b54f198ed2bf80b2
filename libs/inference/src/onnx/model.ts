import type { Model, Node, Tensor, ValueInfo } from "./message.ts";

/** What `model` takes. */
export interface ModelOptions {
  /** The graph's name. */
  readonly name: string;
  /** In an order in which every input was computed before. */
  readonly nodes: readonly Node[];
  /** Weights and constants, each under the name by which nodes take it. */
  readonly initializers?: readonly Tensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Key and text that travel in the file: labels, what it was trained on. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Default `modelDefaults.opset`. */
  readonly opset?: number;
}

/** IR 8 with opset 17 is what runtimes since 2022 read; raise them only for an operator that needs it. */
export const modelDefaults = { irVersion: 8, opset: 17, producerName: "plimsoll" } as const;

/** A model in one graph with ONNX's own operators. `encodeModel` gives its bytes. */
export function model(options: ModelOptions): Model {
  const { name, nodes, initializers = [], inputs, outputs, metadata = {}, opset } = options;
  return {
    irVersion: modelDefaults.irVersion,
    producerName: modelDefaults.producerName,
    graph: { node: nodes, name, initializer: initializers, input: inputs, output: outputs },
    opsetImport: [{ domain: "", version: opset ?? modelDefaults.opset }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  };
}
