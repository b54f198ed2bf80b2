import { expect, jest, test } from "@jest/globals";
import { seededRandom } from "../random.ts";
import { accuracy } from "./accuracy.ts";
import { balanced, fitHead } from "./fit-head.ts";
import type { LabelledRows } from "./labelled-rows.ts";
import { trainHead } from "./train.ts";

jest.setTimeout(60_000);

const width = 20;

/** Rows about the centres of four classes, the first column far from 0 and large. */
function rows(count: number, seed: number): LabelledRows {
  const centres = seededRandom(1);
  const middle = Float32Array.from({ length: 4 * width }, () => centres.normal() * 1.2);
  const random = seededRandom(seed);
  const labels = Uint16Array.from({ length: count }, (_, i) => (i * 7) % 4);
  const values = new Float32Array(count * width);
  labels.forEach((label, row) => {
    for (let i = 0; i < width; i += 1) {
      const value = (middle[label * width + i] as number) + random.normal() * 1.5;
      values[row * width + i] = i === 0 ? 500 + 100 * value : value;
    }
  });
  return { values, width, labels, classes: 4 };
}

test("as accurate as the head in plain TypeScript, on rows as they are", async () => {
  const data = rows(300, 2);
  const unseen = rows(400, 3);
  const { head, curves } = await fitHead(data, { epochs: 25, batchRows: 32 });
  // The oracle knows no standardisation: its first column is brought to the others' size.
  const scaled = ({ values, ...rest }: LabelledRows): LabelledRows => ({
    ...rest,
    values: values.map((each, i) => (i % width === 0 ? (each - 500) / 100 : each)),
  });
  const oracle = trainHead(scaled(data), { epochs: 25, learningRate: 0.01 });
  const expected = accuracy(oracle, scaled(unseen));
  expect(expected).toBeGreaterThan(0.85);
  expect(accuracy(head, unseen)).toBeGreaterThan(expected - 0.03);
  expect(curves).toHaveLength(25);
  expect(curves.at(-1)?.loss).toBeLessThan((curves[0]?.loss ?? 0) / 2);
});

test("a hidden layer, too; the same seed gives the same head", async () => {
  const data = rows(400, 4);
  const fitted = () => fitHead(data, { kind: "mlp", epochs: 8, batchRows: 32, seed: 5 });
  const [one, two] = [await fitted(), await fitted()];
  expect(one.head).toEqual(two.head);
  expect(one.head.layers.map(({ outputs }) => outputs)).toEqual([128, 4]);
  expect(accuracy(one.head, rows(400, 6))).toBeGreaterThan(0.8);
});

test("training ends early where the validation loss rises, and keeps the best epoch", async () => {
  const few = rows(24, 7);
  const { curves } = await fitHead(few, {
    kind: "mlp",
    epochs: 200,
    batchRows: 8,
    rate: 0.02,
    patience: 5,
    validation: rows(100, 8),
  });
  expect(curves.length).toBeLessThan(200);
  const losses = curves.map(({ validationLoss }) => validationLoss ?? Infinity);
  expect(losses.indexOf(Math.min(...losses))).toBe(curves.length - 6);
});

test("a rare class weighs as much as a common one", () => {
  expect(balanced({ labels: Uint8Array.of(0, 0, 0, 1), classes: 3 })).toEqual([4 / 6, 2, 0]);
});

test("values that are not finite, and an abort, end it by name", async () => {
  const bad = rows(40, 9);
  bad.values[21] = NaN;
  await expect(fitHead(bad, { epochs: 2 })).rejects.toMatchObject({ code: "E_OUTPUT" });
  await expect(fitHead(rows(40, 9), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "E_ABORTED",
  });
});
