import { expect, test } from "@jest/globals";
import { TrainingError } from "../error.ts";
import { encodeModel } from "@plimsoll/inference";
import { type Random, seededRandom } from "../random.ts";
import { accuracy } from "./accuracy.ts";
import { classify, initHead, lossAndGradient } from "./head.ts";
import type { LabelledRows } from "./labelled-rows.ts";
import { headToOnnx } from "./to-onnx.ts";
import { trainHead } from "./train.ts";

process.env["ORT_DISABLE_TELEMETRY"] = "1";
const { InferenceSession, Tensor } = await import("onnxruntime-node");

function points(
  count: number,
  random: Random,
  labelOf: (x: number, y: number) => number,
  classes: number,
): LabelledRows {
  const values = Float32Array.from({ length: count * 2 }, () => random.uniform() * 2 - 1);
  const labels = Uint8Array.from({ length: count }, (_, row) =>
    labelOf(values[row * 2] as number, values[row * 2 + 1] as number),
  );
  return { values, width: 2, labels, classes };
}

/** Which of three sectors around 0, 120 degrees each. */
const thirds = (x: number, y: number): number => {
  const scores = [y, 0.866 * x - 0.5 * y, -0.866 * x - 0.5 * y];
  return scores.indexOf(Math.max(...scores));
};
const opposite = (x: number, y: number): number => (x * y > 0 ? 1 : 0);

test("softmax regression learns classes that lines part", () => {
  const random = seededRandom(2);
  const data = points(400, random, thirds, 3);
  const losses: number[] = [];
  const head = trainHead(data, {
    epochs: 40,
    learningRate: 0.05,
    onEpoch: ({ loss }) => losses.push(loss),
  });
  expect(accuracy(head, points(400, random, thirds, 3))).toBeGreaterThan(0.95);
  expect(losses).toHaveLength(40);
  expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 3);
});

test("a hidden layer learns what no line parts", () => {
  const random = seededRandom(3);
  const data = points(400, random, opposite, 2);
  const unseen = points(400, random, opposite, 2);
  const options = { epochs: 60, learningRate: 0.02 };
  expect(accuracy(trainHead(data, options), unseen)).toBeLessThan(0.75);
  expect(accuracy(trainHead(data, { ...options, hidden: [16] }), unseen)).toBeGreaterThan(0.93);
});

test("the gradient is the slope of the loss, for every weight and bias", () => {
  const random = seededRandom(4);
  const data = points(5, random, thirds, 3);
  const head = initHead([2, 4, 3, 3], random);
  for (const { bias } of head.layers) bias.forEach((_, i) => (bias[i] = random.normal() / 10));
  const { gradient } = lossAndGradient(head, data);
  const step = 1e-2;
  head.layers.forEach((layer, depth) => {
    for (const part of ["weights", "bias"] as const) {
      layer[part].forEach((value, i) => {
        layer[part][i] = value + step;
        const above = lossAndGradient(head, data).loss;
        layer[part][i] = value - step;
        const below = lossAndGradient(head, data).loss;
        layer[part][i] = value;
        // float32 sums and the step's own error leave about 1e-4.
        expect(gradient[depth]?.[part][i]).toBeCloseTo((above - below) / (2 * step), 3);
      });
    }
  });
});

test("the same seed gives the same head, another seed another", () => {
  const data = points(50, seededRandom(5), thirds, 3);
  const train = (seed: number): Float32Array =>
    trainHead(data, { hidden: [4], epochs: 2, seed }).layers[0]?.weights ?? new Float32Array(0);
  expect(train(9)).toEqual(train(9));
  expect(train(9)).not.toEqual(train(10));
});

test("onnxruntime gives the probabilities of the head that was exported", async () => {
  const random = seededRandom(6);
  const data = points(30, random, thirds, 3);
  const head = trainHead(data, { hidden: [5], epochs: 3 });
  const model = headToOnnx(head, { name: "thirds", shape: [1, 2], metadata: { labels: "abc" } });
  const session = await InferenceSession.create(encodeModel(model));
  const { probabilities } = await session.run({
    input: new Tensor("float32", data.values, [30, 1, 2]),
  });
  await session.release();
  const expected = classify(head, data.values);
  expect(probabilities?.dims).toEqual([30, 3]);
  const values = probabilities?.data as Float32Array;
  values.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 5));
});

test("scores too large for an exponential still give probabilities", () => {
  const layer = {
    inputs: 1,
    outputs: 2,
    weights: Float32Array.of(1000, -1000),
    bias: Float32Array.of(0, 0),
  };
  expect(classify({ layers: [layer] }, Float32Array.of(1, -1))).toEqual(
    Float32Array.of(1, 0, 0, 1),
  );
});

const rows = { values: new Float32Array(4), width: 2, labels: Uint8Array.of(0, 1), classes: 2 };

test.each([
  ["no rows", () => trainHead({ ...rows, labels: new Uint8Array(0) })],
  ["a label too many", () => trainHead({ ...rows, labels: Uint8Array.of(0, 1, 0) })],
  ["a label beyond the classes", () => trainHead({ ...rows, labels: Uint8Array.of(0, 2) })],
  [
    "values that are no numbers",
    () => trainHead({ ...rows, values: new Float32Array(4).fill(NaN) }),
  ],
  ["a shape of another width", () => headToOnnx(trainHead(rows), { name: "x", shape: [3] })],
])("%s: refused", (_, act) => {
  expect(act).toThrow(TrainingError);
});
