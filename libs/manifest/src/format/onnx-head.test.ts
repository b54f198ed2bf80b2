import { expect, test } from "@jest/globals";

import { detectFormat } from "./detect-format.ts";
import { looksLikeOnnx } from "./onnx-head.ts";

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const integer = (field: number, value: number): Buffer =>
  Buffer.from([...varint(field * 8), ...varint(value)]);
const message = (field: number, ...pieces: readonly (Uint8Array | string)[]): Buffer => {
  const body = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(body.length)]), body]);
};

const node = message(1, message(1, "x"), message(2, "y"), message(3, "relu"), message(4, "Relu"));
const graph = (weights = 16): Buffer =>
  message(
    7,
    node,
    message(2, "main_graph"),
    message(5, integer(1, 4), integer(2, 1), message(9, Buffer.alloc(weights))),
    message(11, message(1, "x")),
    message(12, message(1, "y")),
  );
const opset = message(8, message(1, ""), integer(2, 17));
const model = (...fields: readonly Uint8Array[]): Buffer => Buffer.concat(fields);

test("models as exporters write them", () => {
  const pytorch = model(
    integer(1, 8),
    message(2, "pytorch"),
    message(3, "2.6.0"),
    graph(100_000),
    opset,
  );
  expect(looksLikeOnnx(pytorch)).toBe(true);
  for (const bytes of [64, 512, 4096]) expect(looksLikeOnnx(pytorch.subarray(0, bytes))).toBe(true);
  expect(looksLikeOnnx(model(integer(1, 10), opset, graph()))).toBe(true);
  expect(
    looksLikeOnnx(model(opset, message(14, message(1, "task"), message(2, "detect")), graph())),
  ).toBe(true);
  expect(
    looksLikeOnnx(model(integer(1, 3), integer(5, 0), message(6, "Über\n"), graph(), opset)),
  ).toBe(true);
  expect(detectFormat(pytorch.subarray(0, 4096))).toBe("onnx");
});

test("parts of a model are not one", () => {
  expect(looksLikeOnnx(graph())).toBe(false);
  expect(looksLikeOnnx(model(integer(1, 8), opset))).toBe(false);
  expect(looksLikeOnnx(model(integer(1, 8), message(7)))).toBe(false);
  expect(looksLikeOnnx(new Uint8Array())).toBe(false);
});

test("other protobuf files are not models", () => {
  const metaGraph = message(2, message(1, message(2, "\u0001serve"), Buffer.alloc(300, 1)));
  const savedModel = model(integer(1, 1), metaGraph);
  const coreMl = model(
    integer(1, 4),
    message(2, message(1, message(1, "image"))),
    message(500, "net"),
  );
  const caffe = model(message(1, "LeNet"), message(100, message(1, "conv1")));
  const fields = model(integer(1, 8), message(2, "pytorch"), integer(9, 1), graph());
  const wrongType = model(integer(1, 8), integer(2, 1), graph());
  const wrongGraph = model(integer(1, 8), message(7, message(3, "x")), opset);
  const control = model(integer(1, 8), message(2, "py\u0000torch"), graph());
  const version = model(integer(1, 0), graph());
  const far = model(integer(1, 70_000), graph());
  const files = [savedModel, coreMl, caffe, fields, wrongType, wrongGraph, control, version, far];
  expect(files.map(looksLikeOnnx)).toEqual(files.map(() => false));
});

test("a varint without an end is not followed", () => {
  expect(looksLikeOnnx(Buffer.from([8, ...Array<number>(11).fill(0xff)]))).toBe(false);
  expect(looksLikeOnnx(Buffer.from([...Array<number>(11).fill(0xff)]))).toBe(false);
});

test("a model whose graph lies beyond the head is not recognised", () => {
  const file = model(integer(1, 8), message(6, "long ".repeat(2000)), graph());
  expect(looksLikeOnnx(file)).toBe(true);
  expect(looksLikeOnnx(file.subarray(0, 4096))).toBe(false);
});
