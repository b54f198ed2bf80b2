import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  encodeModel,
  float32Tensor,
  model,
  type Node,
  node,
  type Tensor,
  valueInfo,
} from "@plimsoll/inference";
import { width } from "./infer-body.ts";

/**
 * Writes a network of `layers` dense layers of 2048, about 16 MB a layer, as `bench.onnx` into `dir`: a prediction takes
 * some milliseconds, as one of a small classifier does. `seed` tells versions apart.
 */
export async function writeBenchModel(dir: string, layers: number, seed: number): Promise<void> {
  await mkdir(dir, { recursive: true });
  const size = 2048;
  const nodes: Node[] = [];
  const initializers: Tensor[] = [];
  let [from, rows] = ["x", width];
  for (let layer = 0; layer <= layers; layer += 1) {
    const columns = layer === layers ? 10 : size;
    const weights = new Float32Array(rows * columns);
    let state = seed * 7919 + layer;
    for (let i = 0; i < weights.length; i += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      weights[i] = state / 2 ** 31 / Math.sqrt(rows);
    }
    initializers.push(float32Tensor(`w${layer}`, [rows, columns], weights));
    const to = layer === layers ? "y" : `h${layer}`;
    nodes.push(node("MatMul", [from, `w${layer}`], layer === layers ? [to] : [`m${layer}`]));
    if (layer < layers) nodes.push(node("Relu", [`m${layer}`], [to]));
    [from, rows] = [to, columns];
  }
  const onnx = encodeModel(
    model({
      name: "bench",
      nodes,
      initializers,
      inputs: [valueInfo("x", ["batch", width])],
      outputs: [valueInfo("y", ["batch", 10])],
    }),
  );
  await writeFile(join(dir, "bench.onnx"), onnx);
  await writeFile(join(dir, "metadata.json"), JSON.stringify({ task: "tensor" }));
}
