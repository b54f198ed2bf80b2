import { expect, test } from "@jest/globals";

import { MIB, sizeBounds, sizeMb } from "./size-mb.ts";

test("size_mb is MiB with two decimals", () => {
  expect(sizeMb(17317003)).toBe(16.51);
  expect(sizeMb(0)).toBe(0);
  expect(sizeMb(MIB)).toBe(1);
});

test("an exact size leaves no room", () => {
  expect(sizeBounds({ size: 5, size_mb: 900 })).toEqual({ min: 5, max: 5 });
});

test("size_mb bounds the size to 1 % and its rounding", () => {
  const bounds = sizeBounds({ size_mb: 16.5 });
  expect(bounds?.min).toBe(Math.floor((16.5 * 0.99 - 0.05) * MIB));
  expect(bounds?.max).toBe(Math.ceil((16.5 * 1.01 + 0.05) * MIB));
  expect(sizeBounds({ size_mb: 0 })?.min).toBe(0);
  expect(sizeBounds({})).toBeUndefined();
});

test("what a 1.0 writer rounded lies within the bounds", () => {
  for (const size of [0, 1, 12_345, 999_999, 17_317_003, 5_000_000_000]) {
    for (const digits of [1, 2]) {
      const bounds = sizeBounds({ size_mb: Number((size / MIB).toFixed(digits)) });
      expect({
        size,
        min: (bounds?.min ?? Infinity) <= size,
        max: (bounds?.max ?? 0) >= size,
      }).toEqual({ size, min: true, max: true });
    }
  }
});
