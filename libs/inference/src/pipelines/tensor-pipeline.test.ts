import { expect, test } from "@jest/globals";
import type { NamedTensor } from "../tensor.ts";
import { openPipeline } from "./open-pipeline.ts";
import { floatTensor } from "./tensor-values.ts";

const pipeline = await openPipeline({
  inputs: [
    { name: "x", type: "FP32", shape: [-1, 2] },
    { name: "words", type: "BYTES", shape: [1] },
  ],
  outputs: [
    { name: "y", type: "FP32", shape: [-1] },
    { name: "z", type: "INT64", shape: [-1] },
  ],
  modelMetadata: {},
  config: {},
});
const x = floatTensor("x", [2, 2], Float32Array.of(1, 2, 3, 4));
const words: NamedTensor = { name: "words", type: "BYTES", shape: [1], data: ["a"] };

test("tensors go in as the model declares them", async () => {
  const input = { kind: "tensors", tensors: [words, x] } as const;
  expect((await pipeline.prepare(input)).feeds).toEqual([x, words]);
  expect(pipeline.accepts).toEqual(["tensors"]);
});

test("V11: tensors that are not those of the model are refused with the reason", async () => {
  const wide = new Uint8Array(Float64Array.of(1e39, 1).buffer);
  const cases: readonly (readonly [readonly NamedTensor[], string])[] = [
    [[x], 'input "words" is missing'],
    [[], 'input "x" is missing'],
    [[x, x, words], 'input "x" is there twice'],
    [[x, words, { ...x, name: "q" }], 'input "q" is none of "x", "words"'],
    [[{ ...x, type: "FP64" }, words], 'input "x": FP32 expected, got FP64'],
    [[{ ...x, type: "FP64", data: wide, shape: [1, 2] }, words], "FP32 expected, got FP64"],
    [[{ ...x, shape: [4] }, words], "shape [-1, 2] expected, got 1 dimensions"],
    [[{ ...x, shape: [1, 4] }, words], "shape [-1, 2] expected, got [1, 4]"],
    [[{ ...x, shape: [0, 2] }, words], "got [0, 2]"],
    [[{ ...x, shape: [-2, 2] }, words], "got [-2, 2]"],
    [[{ ...x, shape: [0.5, 2] }, words], "got [0.5, 2]"],
    [[{ ...x, shape: [3, 2] }, words], "shape [3, 2] needs 24 bytes, got 16"],
    [[{ ...x, shape: [2 ** 50, 2] }, words], "needs"],
    [[{ ...x, data: ["1", "2", "3", "4"] }, words], "bytes expected"],
    [[x, { ...words, data: new Uint8Array(1) }], "texts expected"],
    [[x, { ...words, data: ["a", "b"] }], "needs 1 texts, got 2"],
    [[floatTensor("x", [1, 2], Float32Array.of(NaN, 1)), words], "is not finite"],
    [[floatTensor("x", [1, 2], Float32Array.of(1, -Infinity)), words], "is not finite"],
    [[floatTensor("x", [1, 2], Float32Array.of(1e39, 0)), words], "is not finite"],
  ];
  for (const [tensors, message] of cases) {
    const refused = expect(pipeline.prepare({ kind: "tensors", tensors })).rejects;
    await refused.toThrow(message);
    await expect(pipeline.prepare({ kind: "tensors", tensors })).rejects.toMatchObject({
      code: "E_INPUT",
    });
  }
});

test("another kind of input is of the wrong media", async () => {
  await expect(pipeline.prepare({ kind: "text", text: "hello" })).rejects.toMatchObject({
    code: "E_MEDIA",
  });
});

test("only the outputs that were asked for come back", async () => {
  const y = floatTensor("y", [1], Float32Array.of(1));
  const z: NamedTensor = { name: "z", type: "INT64", shape: [1], data: new Uint8Array(8) };
  const input = { kind: "tensors", tensors: [words, x], outputs: ["z"] } as const;
  expect(pipeline.finish([y, z], undefined, {}, input)).toEqual({ kind: "tensors", tensors: [z] });
  const all = { kind: "tensors", tensors: [words, x] } as const;
  expect(pipeline.finish([y, z], undefined, {}, all)).toEqual({
    kind: "tensors",
    tensors: [y, z],
  });
  await expect(pipeline.prepare({ ...input, outputs: ["w"] })).rejects.toThrow(
    'output "w" is none of "y", "z"',
  );
});

test("V11: a number that is not finite is never answered", () => {
  const input = { kind: "tensors", tensors: [words, x] } as const;
  for (const value of [NaN, Infinity, -Infinity]) {
    const y = floatTensor("y", [1], Float32Array.of(value));
    expect(() => pipeline.finish([y], undefined, {}, input)).toThrow(
      expect.objectContaining({ code: "E_OUTPUT" }),
    );
  }
});
