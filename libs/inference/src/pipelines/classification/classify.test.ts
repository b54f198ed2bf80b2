import { expect, test } from "@jest/globals";
import type { NamedTensor } from "../../tensor.ts";
import { floatTensor } from "../tensor-values.ts";
import { classification, classifier } from "./classify.ts";
import { softmax } from "./softmax.ts";

const output = (name: string, shape: readonly number[], values: readonly number[]): NamedTensor =>
  floatTensor(name, shape, Float32Array.from(values));
const classify = classifier({ metadata: { classes: ["a", "b", "c"] }, modelMetadata: {} });
const near = (value: number): unknown => expect.closeTo(value, 5);

test("logits go through softmax, probabilities do not", () => {
  const [a = 0, b = 0, c = 0] = softmax([2, 1, -1]);
  expect(classify([output("y", [1, 3], [2, 1, -1])], {})).toEqual({
    kind: "classification",
    predictedClass: "a",
    confidence: near(a),
    probabilities: { a: near(a), b: near(b), c: near(c) },
  });
  expect(classify([output("y", [1, 3], [0.2, 0.7, 0.1])], {})).toMatchObject({
    predictedClass: "b",
    probabilities: { a: near(0.2), b: near(0.7), c: near(0.1) },
  });
  // Values from 0 to 1 that do not add up to 1 are no probabilities, unless they are called so.
  expect(classify([output("y", [3], [0.2, 0.7, 0.6])], {})).toMatchObject({
    confidence: near(softmax([0.2, 0.7, 0.6])[1] ?? 0),
  });
  expect(classify([output("scores", [3], [0.2, 0.7, 0.6])], {})).toMatchObject({
    confidence: near(0.7),
  });
  expect(classify([output("logits", [3], [0.2, 0.7, 0.1])], {})).toMatchObject({
    confidence: near(softmax([0.2, 0.7, 0.1])[1] ?? 0),
  });
});

test("large logits do not overflow", () => {
  expect([...softmax([1000, 0])]).toEqual([1, 0]);
});

test("the metadata's activation wins", () => {
  const declared = classifier({
    metadata: { classes: ["a", "b"], output: { activation: "sigmoid" } },
    modelMetadata: {},
  });
  expect(declared([output("y", [1, 2], [0, 0])], {})).toMatchObject({
    probabilities: { a: 0.5, b: 0.5 },
  });
  const none = classifier({ modelMetadata: { activation: "none" } });
  expect(none([output("y", [1, 2], [0.5, 0.75])], {})).toMatchObject({
    probabilities: { "0": 0.5, "1": 0.75 },
  });
});

test("a single score is the second of two classes", () => {
  const two = classifier({ metadata: { classes: ["bird", "drone"] }, modelMetadata: {} });
  expect(two([output("y", [1, 1], [0.75])], {})).toMatchObject({
    predictedClass: "drone",
    probabilities: { bird: 0.25, drone: 0.75 },
  });
  expect(two([output("y", [1, 1], [-3])], {})).toMatchObject({ predictedClass: "bird" });
});

test("rows are averaged, and the scores are found beside other outputs", () => {
  const outputs = [
    output("embeddings", [2, 4], [9, 9, 9, 9, 9, 9, 9, 9]),
    output("output_0", [2, 3], [1, 0, 0, 0.5, 0.5, 0]),
  ];
  expect(classify(outputs, {})).toMatchObject({
    probabilities: { a: near(0.75), b: near(0.25), c: near(0) },
  });
  const label: NamedTensor = { name: "label", type: "INT64", shape: [1], data: new Uint8Array(8) };
  const named = classifier({ modelMetadata: {} });
  expect(named([label, output("probabilities", [1, 2], [0, 1])], {})).toMatchObject({
    predictedClass: "1",
  });
  expect(() => named([label], {})).toThrow(expect.objectContaining({ code: "E_OUTPUT" }));
});

test("classes below their threshold are left out; the predicted one is the best of the others", () => {
  const classes = [
    ["a", 0.5],
    ["b", 0.375],
    ["c", 0.125],
  ] as const;
  expect(classification(classes, { class_thresholds: { a: 0.75 } })).toEqual({
    kind: "classification",
    predictedClass: "b",
    confidence: 0.375,
    probabilities: { b: 0.375, c: 0.125 },
  });
  expect(classification(classes, { confidence_threshold: 0.75 })).toEqual({
    kind: "classification",
    predictedClass: "a",
    confidence: 0.5,
    probabilities: { a: 0.5 },
  });
});
