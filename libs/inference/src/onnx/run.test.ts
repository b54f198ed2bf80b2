import { expect, test } from "@jest/globals";
import { decodeModel, encodeModel } from "./codec.ts";
import type { Model } from "./message.ts";
import { model } from "./model.ts";
import { node } from "./node.ts";
import { float32Tensor, int64Tensor } from "./tensor.ts";
import { valueInfo } from "./value-info.ts";

process.env["ORT_DISABLE_TELEMETRY"] = "1";
const { InferenceSession, Tensor } = await import("onnxruntime-node");

/** What onnxruntime computes for one float32 input. */
async function run(
  bytes: Uint8Array,
  input: readonly number[],
  dims: readonly number[],
): Promise<{ readonly values: readonly number[]; readonly dims: readonly number[] }> {
  const session = await InferenceSession.create(bytes);
  try {
    const feeds = { x: new Tensor("float32", Float32Array.from(input), dims) };
    const { y } = await session.run(feeds);
    if (!(y?.data instanceof Float32Array)) throw new Error("no float32 output y");
    return { values: [...y.data], dims: y.dims };
  } finally {
    await session.release();
  }
}

/** y = leakyRelu(reshape(x · W + b)), with every kind of attribute and tensor that we write. */
function example(): Model {
  return model({
    name: "example",
    nodes: [
      node("Gemm", ["x", "W", "b"], ["h"], { alpha: { float: 2 }, transB: 1 }),
      node("Reshape", ["h", "shape"], ["flat"]),
      node("LeakyRelu", ["flat"], ["leaky"], { alpha: { float: 0.5 } }),
      node("Constant", [], ["one"], { value: { tensor: float32Tensor("one", [], [1]) } }),
      node("Add", ["leaky", "one"], ["y"]),
    ],
    initializers: [
      float32Tensor("W", [2, 3], [1, 2, 3, -1, -2, -3]),
      float32Tensor("b", [2], Float32Array.of(0.5, 0.25)),
      int64Tensor("shape", [1], [-1]),
    ],
    inputs: [valueInfo("x", ["batch", 3])],
    outputs: [valueInfo("y", ["all"])],
    metadata: { labels: '["a","b"]' },
  });
}

test("onnxruntime computes what the graph says, for any size of a named dimension", async () => {
  const bytes = encodeModel(example());
  // 2 · [1 2 3] · [1 1 1] + 0.5 = 12.5, then + 1; -2 · 6 + 0.25 = -11.75, halved below zero, then + 1.
  expect(await run(bytes, [1, 1, 1], [1, 3])).toEqual({ values: [13.5, -4.875], dims: [2] });
  const two = await run(bytes, [1, 1, 1, 0, 0, 0], [2, 3]);
  expect(two).toEqual({ values: [13.5, -4.875, 1.5, 1.25], dims: [4] });
});

test("a model that was read and written again is the same bytes and computes the same", async () => {
  const bytes = encodeModel(example());
  const again = encodeModel(decodeModel(bytes));
  expect(Buffer.compare(again, bytes)).toBe(0);
  expect((await run(again, [1, 1, 1], [1, 3])).values).toEqual([13.5, -4.875]);
});

test("two files end to end are one model: a frozen part and a new head", async () => {
  const { graph, ...rest } = example();
  if (graph === undefined) throw new Error("the example has a graph");
  const { node: nodes = [], output = [], ...frozen } = graph;
  const head: Model = { graph: { node: nodes.slice(2), output } };
  const bytes = Buffer.concat([
    encodeModel({ ...rest, graph: { ...frozen, node: nodes.slice(0, 2) } }),
    encodeModel(head),
  ]);
  expect((await run(bytes, [1, 1, 1], [1, 3])).values).toEqual([13.5, -4.875]);
  expect(decodeModel(bytes).graph.node?.map(({ opType }) => opType)).toEqual([
    "Gemm",
    "Reshape",
    "LeakyRelu",
    "Constant",
    "Add",
  ]);
});
