import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { chartScale } from "./chart-scale.ts";

test("ticks are round and hold the values", () => {
  expect(chartScale([0.813, 0.947])).toEqual({
    low: 0.8,
    high: 0.95,
    ticks: [0.8, 0.85, 0.9, 0.95],
  });
  expect(chartScale([0, 1]).ticks).toEqual([0, 0.25, 0.5, 0.75, 1]);
});

test("one value, none, and what is no number still make an axis", () => {
  expect(chartScale([]).ticks).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(chartScale([Number.NaN]).low).toBe(0);
  const { low, high } = chartScale([0.5]);
  expect(low).toBeLessThan(0.5);
  expect(high).toBeGreaterThan(0.5);
});

test("whatever the values, every one lies on the axis and there are 2 to 7 lines", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 }),
      (values) => {
        const { low, high, ticks } = chartScale(values);
        const slack = (high - low) * 1e-6;
        expect(Math.min(...values)).toBeGreaterThanOrEqual(low - slack);
        expect(Math.max(...values)).toBeLessThanOrEqual(high + slack);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(7);
      },
    ),
  );
});
