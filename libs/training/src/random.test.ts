import { expect, test } from "@jest/globals";
import { seededRandom, xoshiro128 } from "./random.ts";

test("the generator gives the published first words for the state 1, 2, 3, 4", () => {
  const next = xoshiro128([1, 2, 3, 4]);
  expect([next(), next(), next(), next()]).toEqual([11520, 0, 5927040, 70819200]);
});

test("the same seed gives the same stream, a neighbouring seed another", () => {
  const stream = (seed: number): number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 8 }, () => random.uniform());
  };
  expect(stream(7)).toEqual(stream(7));
  expect(stream(7)).not.toEqual(stream(8));
});

test("uniform, normal and below have the spread that they promise", () => {
  const random = seededRandom(1);
  const draws = 20_000;
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / draws;
  const many = (draw: () => number): number[] => Array.from({ length: draws }, draw);

  const uniform = many(() => random.uniform());
  expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...uniform)).toBeLessThan(1);
  expect(mean(uniform)).toBeCloseTo(0.5, 1);

  const normal = many(() => random.normal());
  expect(mean(normal)).toBeCloseTo(0, 1);
  expect(mean(normal.map((value) => value * value))).toBeCloseTo(1, 1);

  const counts = [0, 0, 0];
  for (const value of many(() => random.below(3))) counts[value] = (counts[value] ?? NaN) + 1;
  for (const count of counts) expect(count / draws).toBeCloseTo(1 / 3, 1);
});
