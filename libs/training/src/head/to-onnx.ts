import {
  float32Tensor,
  model,
  type Model,
  node,
  type Node,
  type Tensor,
  valueInfo,
} from "@plimsoll/inference";
import { TrainingError } from "../error.ts";
import type { Head } from "./head.ts";

/** What `headToOnnx` takes. */
export interface HeadModelOptions {
  /** The graph's name. */
  readonly name: string;
  /** Shape of one example, without the batch: `[16]`, or `[1, 16, 16]` for a picture that is flattened first. */
  readonly shape: readonly number[];
  /** Default `input`. */
  readonly inputName?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A trained head as an ONNX model: float32 `[batch, ...shape]` in, `probabilities` float32 `[batch, classes]` out.
 *
 * @throws TrainingError `E_USAGE` when the shape has another number of values than the head takes.
 */
export function headToOnnx(head: Head, options: HeadModelOptions): Model {
  const { name, shape, inputName = "input", metadata = {} } = options;
  const width = shape.reduce((total, size) => total * size, 1);
  const classes = head.layers.at(-1)?.outputs ?? 0;
  if (head.layers[0]?.inputs !== width) {
    throw new TrainingError(
      "E_USAGE",
      `${name}: a shape of [${shape.join(", ")}] has ${width} values, the head takes ${head.layers[0]?.inputs ?? 0}`,
    );
  }
  const nodes: Node[] = [];
  const initializers: Tensor[] = [];
  let value = inputName;
  if (shape.length !== 1) {
    nodes.push(node("Flatten", [value], ["flat"], { axis: 1 }));
    value = "flat";
  }
  head.layers.forEach(({ inputs, outputs, weights, bias }, depth) => {
    const layer = `dense${depth + 1}`;
    const last = depth === head.layers.length - 1;
    const output = last ? "probabilities" : `${layer}/output`;
    const own = [`${layer}/weights`, `${layer}/bias`] as const;
    initializers.push(float32Tensor(own[0], [outputs, inputs], weights));
    initializers.push(float32Tensor(own[1], [outputs], bias));
    nodes.push(node("Gemm", [value, ...own], [`${layer}/scores`], { transB: 1 }));
    nodes.push(
      last
        ? node("Softmax", [`${layer}/scores`], [output], { axis: 1 })
        : node("Relu", [`${layer}/scores`], [output]),
    );
    value = output;
  });
  return model({
    name,
    nodes,
    initializers,
    inputs: [valueInfo(inputName, ["batch", ...shape])],
    outputs: [valueInfo("probabilities", ["batch", classes])],
    metadata,
  });
}
