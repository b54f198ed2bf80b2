import { expect, test } from "@jest/globals";

import { resolveRange } from "./range.ts";

const code = (size: number, start?: number, end?: number) => () =>
  resolveRange(size, start, end, "k");

test("the whole, a part, the last byte, an empty range", () => {
  expect(resolveRange(10, undefined, undefined, "k")).toEqual({ start: 0, end: 10 });
  expect(resolveRange(0, undefined, undefined, "k")).toEqual({ start: 0, end: 0 });
  expect(resolveRange(0, 0, 0, "k")).toEqual({ start: 0, end: 0 });
  expect(resolveRange(10, 9, undefined, "k")).toEqual({ start: 9, end: 10 });
  expect(resolveRange(10, 3, 3, "k")).toEqual({ start: 3, end: 3 });
  expect(resolveRange(10, 10, 10, "k")).toEqual({ start: 10, end: 10 });
});

test.each([
  [10, 0, 11],
  [10, 10, undefined],
  [10, 11, 11],
  [10, 4, 3],
  [10, -1, 5],
  [10, 0.5, 5],
  [10, 0, Number.NaN],
  [0, 1, undefined],
])("size %p, start %p, end %p is E_RANGE", (size, start, end) => {
  expect(code(size, start, end)).toThrow(expect.objectContaining({ code: "E_RANGE" }));
});
