import { expect, test } from "@jest/globals";
import { checkGate } from "./gate.ts";
import { type Answer, computeMetrics } from "./metrics.ts";
import { modelCard } from "./model-card.ts";
import { plotConfusion } from "./plot-confusion.ts";
import { plotCurves } from "./plot-curves.ts";

const answer = (label: number, ...probabilities: number[]): Answer => ({ label, probabilities });

/** Class a: 3 of 4 right; class b: 1 of 2 right; class c: never seen, answered once. */
const answers = [
  answer(0, 0.95, 0.05, 0),
  answer(0, 0.95, 0.05, 0),
  answer(0, 0.85, 0.15, 0),
  answer(0, 0.15, 0.85, 0),
  answer(1, 0.35, 0.65, 0),
  answer(1, 0.05, 0, 0.95),
];
const metrics = computeMetrics(answers, ["a", "b", "c"]);

test("accuracy, recall, precision, F1 and confusion are those counted by hand", () => {
  expect(metrics.accuracy).toBeCloseTo(4 / 6);
  expect(metrics.confusion).toEqual([
    [3, 1, 0],
    [0, 1, 1],
    [0, 0, 0],
  ]);
  const [a, b, c] = metrics.classes;
  expect(a).toEqual({ class: "a", precision: 1, recall: 0.75, f1: 6 / 7, support: 4 });
  expect(b).toEqual({ class: "b", precision: 0.5, recall: 0.5, f1: 0.5, support: 2 });
  expect(c).toMatchObject({ precision: 0, recall: 0, f1: 0, support: 0 });
  expect(metrics.macroF1).toBeCloseTo((6 / 7 + 0.5) / 2);
  expect(metrics.worstRecall).toBe(0.5);
});

test("calibration: gaps of confidence and accuracy, weighed by the bins' sizes", () => {
  // 0.9 to 1: confidence 0.95, 2 of 3 right; 0.8 to 0.9: 0.85, 1 of 2; 0.6 to 0.7: 0.65, 1 of 1.
  const expected =
    (3 / 6) * Math.abs(0.95 - 2 / 3) + (2 / 6) * Math.abs(0.85 - 0.5) + (1 / 6) * 0.35;
  expect(metrics.calibrationError).toBeCloseTo(expected);
  expect(metrics.reliability.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 2, 3]);
});

test("answers of another number of classes are refused", () => {
  expect(() => computeMetrics([answer(0, 1)], ["a", "b"])).toThrow(/1 probabilities/);
  expect(() => computeMetrics([], ["a"])).toThrow(/no answers/);
});

test("the gate names every demand that is not met", () => {
  const better = computeMetrics(answers.slice(0, 3).concat(answer(1, 0, 1, 0)), ["a", "b", "c"]);
  expect(checkGate(metrics, undefined)).toEqual({ passed: true, reasons: [] });
  expect(checkGate(better, metrics).passed).toBe(true);
  const { passed, reasons } = checkGate(metrics, better, { minAccuracy: 0.7 });
  expect(passed).toBe(false);
  expect(reasons).toEqual([
    "accuracy 66.7 % is below 70.0 % (the configured minimum)",
    expect.stringMatching(/^macro-F1 .* \(the version before\)$/),
    expect.stringMatching(/^recall of the worst class 50\.0 %/),
  ]);
  expect(checkGate({ ...metrics, accuracy: NaN }, undefined).passed).toBe(false);
});

test("card and plots tell it, and names from outside are no markup", () => {
  const named = computeMetrics(answers, ["<b>", "b|x", "c\n# d"]);
  const card = modelCard("m", {
    metadata: { task: "audio-classification", classes: ["<b>", "b|x", "c\n# d"] },
    metrics: named,
    previous: { version: "v1", metrics },
    gate: { passed: false, reasons: ["too low"] },
    training: { seed: 1 },
    problems: [{ sample: "x", code: "E_INPUT", message: "x: broken" }],
    plots: { "a.svg": "A" },
  });
  expect(card).toContain("| accuracy | 0.667 | 0.667 |");
  expect(card).toContain("Gate: not passed. too low");
  expect(card).toContain("\\<b\\>");
  expect(card).not.toMatch(/\n# d/);
  const confusion = plotConfusion(named, "m & n");
  expect(confusion).toContain("m &amp; n");
  expect(confusion).not.toContain("<b>");
  const curves = plotCurves(
    [
      { epoch: 1, loss: 2 },
      { epoch: 2, loss: 1, validationLoss: 1.5 },
    ],
    "m",
  );
  expect(curves).toMatch(/points="48\.0,[\d.]+ 592\.0,[\d.]+"/);
});
