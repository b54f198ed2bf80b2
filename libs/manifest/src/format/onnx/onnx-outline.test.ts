import { expect, test } from "@jest/globals";
import { inMemory } from "../../bytes/random-access.ts";
import {
  bytesField,
  node,
  numberField,
  onnxFile,
  pair,
  tensor,
  value,
  varint,
} from "../../testing/onnx-bytes.ts";
import { readOnnx } from "./onnx-outline.ts";

const raw = Buffer.alloc(16);
const outline = (bytes: Uint8Array): ReturnType<typeof readOnnx> => readOnnx(inMemory(bytes));
/** An attribute that holds a tensor, a graph or a sparse tensor. */
const attribute = (field: number, content: Uint8Array): Buffer => bytesField(field, content);
const away = tensor("w", [2], { external: { location: "w.bin", offset: "0", length: "8" } });

test("a model says what it is", async () => {
  const model = await outline(
    onnxFile({
      nodes: [node("Gemm"), node("Relu"), node("Relu"), node("FusedConv", "com.microsoft")],
      initializers: [tensor("w", [2, 2], raw), tensor("b", [], Buffer.alloc(4))],
      more: [
        bytesField(8, Buffer.concat([bytesField(1, "com.microsoft"), numberField(2, 1)])),
        bytesField(14, pair("author", "me")),
        bytesField(3, "1.2"),
      ],
    }),
  );
  expect(model).toMatchObject({
    irVersion: 8,
    producer: "a test",
    producerVersion: "1.2",
    inputs: [{ name: "x", dtype: "float32", shape: ["batch", 4] }],
    outputs: [{ name: "y", dtype: "float32", shape: ["batch", 2] }],
    initializers: [
      { name: "w", dtype: "float32", elements: 4 },
      { name: "b", dtype: "float32", elements: 1 },
    ],
    externals: [],
    problems: [],
  });
  expect([...model.opsets]).toEqual([
    ["ai.onnx", 17],
    ["com.microsoft", 1],
  ]);
  expect([...model.operators]).toEqual([
    ["ai.onnx Gemm", 1],
    ["ai.onnx Relu", 2],
    ["com.microsoft FusedConv", 1],
  ]);
  expect([...model.metadata]).toEqual([["author", "me"]]);
});

const graphOf = (...initializers: readonly Uint8Array[]): Buffer =>
  Buffer.concat(initializers.map((each) => bytesField(5, each)));
test.each([
  ["an initializer", onnxFile({ initializers: [away] })],
  ["an attribute", onnxFile({ nodes: [node("Constant", "", attribute(5, away))] })],
  ["a list in an attribute", onnxFile({ nodes: [node("Constant", "", attribute(10, away))] })],
  ["a nested graph", onnxFile({ nodes: [node("If", "", attribute(6, graphOf(away)))] })],
  ["a list of graphs", onnxFile({ nodes: [node("If", "", attribute(11, graphOf(away)))] })],
  ["a sparse tensor", onnxFile({ nodes: [node("C", "", attribute(22, bytesField(1, away)))] })],
  [
    "a sparse initializer",
    onnxFile({ more: [bytesField(7, bytesField(15, bytesField(2, away)))] }),
  ],
  [
    "a function",
    onnxFile({ more: [bytesField(25, bytesField(7, node("C", "", attribute(5, away))))] }),
  ],
  [
    "a default of a function",
    onnxFile({ more: [bytesField(25, bytesField(11, attribute(5, away)))] }),
  ],
  ["training", onnxFile({ more: [bytesField(20, bytesField(2, graphOf(away)))] })],
  ["a second graph", onnxFile({ more: [bytesField(7, graphOf(away))] })],
])("O2: external data in %s are found", async (_, bytes) => {
  expect((await outline(bytes)).externals).toEqual([
    {
      name: "w",
      dtype: "float32",
      elements: 2,
      external: { location: "w.bin", offset: "0", length: "8" },
    },
  ]);
});

test.each([
  ["fewer bytes than its shape", tensor("w", [5], raw), "another number of elements"],
  ["more bytes than its shape", tensor("w", [3], raw), "another number of elements"],
  ["no bytes at all", numberField(1, 4), "another number of elements"],
  ["2^60 elements", tensor("w", [2 ** 30, 2 ** 30], raw), "cannot be"],
  [
    "a negative axis",
    Buffer.concat([
      Buffer.from([8, ...varint(0), 8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
    ]),
    "cannot be",
  ],
  [
    "external data that are too short",
    tensor("w", [1000], { external: { location: "w.bin", length: "4" } }),
    "more elements",
  ],
])("O5: a tensor with %s is a problem", async (_, made, why) => {
  expect((await outline(onnxFile({ initializers: [made] }))).problems.join()).toContain(why);
});

test.each([
  ["floats", Buffer.concat([numberField(1, 2), numberField(2, 1), bytesField(4, Buffer.alloc(8))])],
  [
    "integers, one by one",
    Buffer.concat([numberField(1, 2), numberField(2, 7), numberField(7, 1), numberField(7, 2)]),
  ],
  ["texts", Buffer.concat([numberField(1, 1), numberField(2, 8), bytesField(6, "a")])],
  [
    "packed axes",
    Buffer.concat([bytesField(1, Buffer.from([2, 2])), numberField(2, 1), bytesField(9, raw)]),
  ],
  ["nothing, of no length", tensor("w", [0, 4], new Uint8Array(0))],
])("a tensor of %s is none", async (_, made) => {
  expect((await outline(onnxFile({ initializers: [made] }))).problems).toEqual([]);
});

const nested = (depth: number): Buffer =>
  depth === 0 ? node("Relu") : node("If", "", attribute(6, bytesField(1, nested(depth - 1))));
test.each([
  ["nothing", new Uint8Array(0)],
  ["a text", Buffer.from("no model")],
  ["a field that ends outside", bytesField(7, raw).subarray(0, 9)],
  ["a group", Buffer.concat([onnxFile(), Buffer.from([0x33])])],
  ["field number 0", Buffer.concat([onnxFile(), Buffer.from([0x02, 0])])],
  ["a number that does not end", Buffer.alloc(40, 0x88)],
  ["no graph", numberField(1, 8)],
  ["no version", bytesField(7, bytesField(2, "main"))],
  ["graphs nested 40 deep", onnxFile({ nodes: [nested(40)] })],
])("%s is no model", async (_, bytes) => {
  await expect(outline(bytes)).rejects.toMatchObject({ name: "Malformed" });
});

test("values without a shape, with open axes and of other kinds", async () => {
  const graph = Buffer.concat([
    bytesField(
      11,
      Buffer.concat([bytesField(1, "any"), bytesField(2, bytesField(1, numberField(1, 7)))]),
    ),
    bytesField(
      11,
      Buffer.concat([bytesField(1, "seq"), bytesField(2, bytesField(4, Buffer.alloc(0)))]),
    ),
    bytesField(
      11,
      Buffer.concat([
        bytesField(1, "open"),
        bytesField(
          2,
          bytesField(
            1,
            Buffer.concat([numberField(1, 1), bytesField(2, bytesField(1, Buffer.alloc(0)))]),
          ),
        ),
      ]),
    ),
    bytesField(12, value("out", [1])),
  ]);
  const { inputs } = await outline(Buffer.concat([numberField(1, 8), bytesField(7, graph)]));
  expect(inputs).toEqual([
    { name: "any", dtype: "int64" },
    { name: "seq", dtype: "sequence" },
    { name: "open", dtype: "float32", shape: [null] },
  ]);
});

test("weights are not read", async () => {
  const bytes = onnxFile({ initializers: [tensor("w", [1 << 20], Buffer.alloc(4 << 20))] });
  let read = 0;
  await readOnnx({
    size: bytes.length,
    read: (offset, length) => {
      read += length;
      return inMemory(bytes).read(offset, length);
    },
  });
  expect(read).toBeLessThan(200_000);
});
