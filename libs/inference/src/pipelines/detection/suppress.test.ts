import { expect, test } from "@jest/globals";
import type { Candidate } from "./candidate.ts";
import { overlap, suppress } from "./suppress.ts";

const box = (classId: number, confidence: number, x1: number): Candidate => ({
  classId,
  confidence,
  x1,
  y1: 0,
  x2: x1 + 10,
  y2: 10,
});

test("overlap is shared over joint area", () => {
  expect(overlap(box(0, 1, 0), box(0, 1, 0))).toBe(1);
  expect(overlap(box(0, 1, 0), box(0, 1, 5))).toBeCloseTo(50 / 150, 10);
  expect(overlap(box(0, 1, 0), box(0, 1, 10))).toBe(0);
});

test("of overlapping boxes of one class the strongest stays; other classes are not its business", () => {
  const weak = box(0, 0.5, 1);
  const strong = box(0, 0.9, 0);
  const other = box(1, 0.4, 0);
  const apart = box(0, 0.3, 20);
  expect(suppress([weak, other, apart, strong], 0.45)).toEqual([strong, other, apart]);
  expect(suppress([weak, strong], 0.9)).toEqual([strong, weak]);
});

test("a flood of boxes is cut at 300", () => {
  const flood = Array.from({ length: 20_000 }, (_, at) => box(0, 0.5 + at / 1e6, at * 20));
  const kept = suppress(flood, 0.45);
  expect(kept).toHaveLength(300);
  expect(kept[0]).toEqual(flood.at(-1));
});
