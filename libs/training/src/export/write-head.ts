import { float32Tensor, node, type Node, type Tensor } from "@plimsoll/inference";
import type { Head } from "../head/head.ts";

/** Nodes and weights of a head behind `features`; all names start with `head/`, but the output's, `probabilities`. */
export function writeHead(head: Head): {
  readonly nodes: readonly Node[];
  readonly initializers: readonly Tensor[];
} {
  const nodes: Node[] = [];
  const initializers: Tensor[] = [];
  let value = "features";
  head.layers.forEach(({ inputs, outputs, weights, bias }, depth) => {
    const own = [`head/weights${depth}`, `head/bias${depth}`] as const;
    initializers.push(float32Tensor(own[0], [outputs, inputs], weights));
    initializers.push(float32Tensor(own[1], [outputs], bias));
    nodes.push(node("Gemm", [value, ...own], [`head/scores${depth}`], { transB: 1 }));
    value = `head/scores${depth}`;
    if (depth < head.layers.length - 1) {
      nodes.push(node("Relu", [value], [`head/hidden${depth}`]));
      value = `head/hidden${depth}`;
    }
  });
  nodes.push(node("Softmax", [value], ["probabilities"], { axis: 1 }));
  return { nodes, initializers };
}
