import { expect, test } from "@jest/globals";
import { ByteRanges } from "./byte-ranges.ts";

test("ranges that touch or overlap become one", () => {
  const ranges = new ByteRanges();
  ranges.add(10, 20);
  ranges.add(30, 40);
  ranges.add(20, 25);
  ranges.add(5, 5);
  expect(ranges.toArray()).toEqual([
    { start: 10, end: 25 },
    { start: 30, end: 40 },
  ]);
  ranges.add(0, 100);
  expect(ranges.toArray()).toEqual([{ start: 0, end: 100 }]);
  expect([ranges.bytes, ranges.end]).toEqual([100, 100]);
});

test("the frontier ends at the first missing byte", () => {
  const ranges = new ByteRanges();
  expect(ranges.frontier()).toBe(0);
  ranges.add(4, 8);
  expect([ranges.frontier(), ranges.frontier(4), ranges.frontier(8)]).toEqual([0, 8, 8]);
  ranges.add(0, 4);
  expect(ranges.frontier()).toBe(8);
});

test("gaps are what is missing inside the window", () => {
  const ranges = new ByteRanges();
  ranges.add(10, 20);
  ranges.add(30, 40);
  expect(ranges.gaps(0, 50)).toEqual([
    { start: 0, end: 10 },
    { start: 20, end: 30 },
    { start: 40, end: 50 },
  ]);
  expect(ranges.gaps(12, 35)).toEqual([{ start: 20, end: 30 }]);
  expect(ranges.gaps(10, 20)).toEqual([]);
  expect([ranges.touches(0, 10), ranges.touches(0, 11), ranges.touches(20, 30)]).toEqual([
    false,
    true,
    false,
  ]);
});

test("what is removed is missing again", () => {
  const ranges = new ByteRanges();
  ranges.add(0, 100);
  ranges.remove(20, 30);
  ranges.remove(90, 200);
  expect(ranges.toArray()).toEqual([
    { start: 0, end: 20 },
    { start: 30, end: 90 },
  ]);
});

test("against a set of single bytes, for any order of additions and removals", () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let round = 0; round < 50; round++) {
    const ranges = new ByteRanges();
    const bytes = new Set<number>();
    for (let step = 0; step < 30; step++) {
      const start = random(60);
      const end = start + random(12);
      const adding = random(3) > 0;
      if (adding) ranges.add(start, end);
      else ranges.remove(start, end);
      for (let byte = start; byte < end; byte++) {
        if (adding) bytes.add(byte);
        else bytes.delete(byte);
      }
    }
    const missing = ranges.gaps(0, 80).flatMap(({ start, end }) => span(start, end));
    expect(missing).toEqual(span(0, 80).filter((byte) => !bytes.has(byte)));
    expect(ranges.bytes).toBe(bytes.size);
  }
});

const span = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, index) => start + index);
