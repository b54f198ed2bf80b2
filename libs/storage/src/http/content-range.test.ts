import { expect, test } from "@jest/globals";

import { parseContentRange, parseUnsatisfiedRange } from "./content-range.ts";

test("a range is read with its end after the last byte", () => {
  expect(parseContentRange("bytes 0-9/100")).toEqual({ start: 0, end: 10, total: 100 });
  expect(parseContentRange(" Bytes 5-5/6 ")).toEqual({ start: 5, end: 6, total: 6 });
  expect(parseContentRange("bytes 0-9/*")).toEqual({ start: 0, end: 10, total: undefined });
});

test.each([
  undefined,
  "",
  "bytes 0-9",
  "bytes=0-9/10",
  "items 0-9/10",
  "bytes 9-0/10",
  "bytes 0-10/10",
  "bytes -1-9/10",
  "bytes 0-9/1e3",
  "bytes 0-9/10, bytes 0-9/10",
  "bytes 0-9999999999999999/*",
  "bytes */10",
])("N6: %p is no range", (header) => {
  expect(parseContentRange(header)).toBeUndefined();
});

test("the size in a 416 is read", () => {
  expect(parseUnsatisfiedRange("bytes */0")).toBe(0);
  expect(parseUnsatisfiedRange("bytes */77")).toBe(77);
  expect(parseUnsatisfiedRange("bytes 0-1/77")).toBeUndefined();
  expect(parseUnsatisfiedRange(undefined)).toBeUndefined();
});
