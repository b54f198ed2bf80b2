import { expect, test } from "@jest/globals";
import { InferenceError } from "../error.ts";
import { decodeModel, encodeModel } from "./codec.ts";
import type { Model } from "./message.ts";
import { model } from "./model.ts";
import { node } from "./node.ts";
import { float32Tensor, float32Values } from "./tensor.ts";
import { valueInfo } from "./value-info.ts";

/** A protobuf field by hand: number, then a length and bytes, or a small varint. */
function field(number: number, value: Uint8Array | number): Buffer {
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
  if (typeof value === "number") return Buffer.from([...varint(number << 3), ...varint(value)]);
  const tag = varint((number << 3) | 2);
  return Buffer.concat([Buffer.from([...tag, ...varint(value.length)]), value]);
}

const text = (value: string): Buffer => Buffer.from(value);

const tiny = (metadata: Readonly<Record<string, string>> = {}): Model =>
  model({
    name: "tiny",
    nodes: [node("Relu", ["x"], ["y"])],
    inputs: [valueInfo("x", ["n"])],
    outputs: [valueInfo("y", ["n"])],
    metadata,
  });

test("the bytes are those of the ONNX specification", () => {
  const shape = field(2, field(1, field(2, text("n"))));
  const value = (name: string): Buffer =>
    Buffer.concat([field(1, text(name)), field(2, field(1, Buffer.concat([field(1, 1), shape])))]);
  const relu = [
    field(1, text("x")),
    field(2, text("y")),
    field(3, text("y")),
    field(4, text("Relu")),
  ];
  const graph = [
    field(1, Buffer.concat(relu)),
    field(2, text("tiny")),
    field(11, value("x")),
    field(12, value("y")),
  ];
  const expected = Buffer.concat([
    field(1, 8),
    field(2, text("plimsoll")),
    field(7, Buffer.concat(graph)),
    field(8, Buffer.concat([field(1, text("")), field(2, 17)])),
    field(14, Buffer.concat([field(1, text("task")), field(2, text("tensor"))])),
  ]);
  const bytes = encodeModel(tiny({ task: "tensor" }));
  expect(Buffer.from(bytes).toString("hex")).toBe(expected.toString("hex"));
});

test("the same model gives the same bytes twice", () => {
  expect(encodeModel(tiny())).toEqual(encodeModel(tiny()));
});

test("a foreign model keeps what this room has no name for, at every level", () => {
  // An initializer with a segment (3), a node with an overload (8), a graph with sparse (15), a model with functions (25).
  const dims = [field(1, 1), field(2, 1), field(3, field(1, 5)), field(8, text("w"))];
  const tensor = Buffer.concat([...dims, field(9, Buffer.from([0, 0, 128, 63]))]);
  const foreignNode = Buffer.concat([field(4, text("Relu")), field(8, text("variant"))]);
  const parts = [field(1, foreignNode), field(5, tensor), field(15, field(3, 7))];
  const foreign = Buffer.concat([
    field(1, 10),
    field(5, 300),
    field(7, Buffer.concat(parts)),
    field(25, field(1, text("f"))),
    field(99, 12_345),
  ]);
  const read = decodeModel(foreign);
  expect(read.irVersion).toBe(10);
  expect(read.modelVersion).toBe(300);
  expect(read.graph.node?.[0]?.opType).toBe("Relu");
  expect(float32Values(read.graph.initializer?.[0] ?? {})).toEqual(Float32Array.of(1));
  const counts = [read, read.graph, read.graph.node?.[0], read.graph.initializer?.[0]];
  expect(counts.map((message) => message?.unknownFields?.length)).toEqual([2, 1, 1, 1]);

  // Changing what we know leaves the rest: only the order moves, unknown fields come last.
  const changed = decodeModel(encodeModel({ ...read, producerName: "someone" }));
  expect(changed).toEqual({ ...read, producerName: "someone" });
  const bytes = encodeModel({ ...read, producerName: "someone" });
  expect(bytes.length).toBe(foreign.length + field(2, text("someone")).length);
});

test("64-bit integers keep every bit, as numbers where they are safe", () => {
  const extremes = [-1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, -5, 0, 2 ** 52] as const;
  const { graph } = decodeModel(
    encodeModel({ irVersion: 8, graph: { initializer: [{ int64Data: extremes }] } }),
  );
  expect(graph.initializer?.[0]?.int64Data).toEqual([
    -1,
    2n ** 63n - 1n,
    -(2n ** 63n),
    2n ** 53n,
    -5,
    0,
    2 ** 52,
  ]);
  const unsigned = { irVersion: 8, graph: { initializer: [{ uint64Data: [2n ** 64n - 1n] }] } };
  const again = decodeModel(encodeModel(unsigned));
  expect(again.graph.initializer?.[0]?.uint64Data).toEqual([2n ** 64n - 1n]);
});

test("a field that was written with its default stays, one that was not stays out", () => {
  const { graph } = decodeModel(
    encodeModel({
      irVersion: 8,
      graph: { name: "", node: [{ attribute: [{ name: "axis", i: 0 }] }] },
    }),
  );
  expect(graph).toEqual({ name: "", node: [{ attribute: [{ name: "axis", i: 0 }] }] });
});

test.each([
  ["text", Buffer.from("<!doctype html><p>404</p>")],
  ["nothing", Buffer.alloc(0)],
  ["a cut model", Buffer.from(encodeModel(tiny())).subarray(0, 40)],
  ["no graph", field(1, 8)],
  ["no IR version", field(7, field(2, text("g")))],
  [
    "a name that is no UTF-8",
    Buffer.concat([field(1, 8), field(7, field(2, Buffer.from([0xff])))]),
  ],
])("%s is no model", (_, bytes) => {
  const read = (): unknown => decodeModel(bytes, { source: "bad.onnx" });
  expect(read).toThrow(InferenceError);
  expect(read).toThrow(/^bad\.onnx: not an ONNX model/);
});

test("a tensor's values come from either place that a producer may use", () => {
  const raw = float32Tensor("w", [2, 1], [1.5, -2]);
  expect(float32Values(raw)).toEqual(Float32Array.of(1.5, -2));
  expect(float32Values({ dims: [2], dataType: 1, floatData: [1.5, -2] })).toEqual(
    Float32Array.of(1.5, -2),
  );
});

test.each([
  ["another type", { dims: [1], dataType: 7, rawData: new Uint8Array(8) }],
  ["another file", { dims: [1], dataType: 1, dataLocation: 1 }],
  ["too few bytes", { dims: [2], dataType: 1, rawData: new Uint8Array(4) }],
  ["too few values", { dims: [2], dataType: 1, floatData: [1] }],
])("values of %s are refused", (_, tensor) => {
  expect(() => float32Values(tensor)).toThrow(InferenceError);
});

test.each([
  ["a shape that the values do not fill", () => float32Tensor("w", [2, 2], [1, 2, 3])],
  ["a negative size", () => float32Tensor("w", [-1, -1], [1])],
  ["a fraction that is not marked as a float", () => node("Elu", ["x"], ["y"], { alpha: 0.5 })],
])("%s is refused when it is written", (_, write) => {
  expect(write).toThrow(InferenceError);
});
