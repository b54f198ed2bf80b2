import { expect, test } from "@jest/globals";
import { backoffMs } from "./backoff.ts";

const backoff = { baseMs: 1000, capMs: 60_000 };

test("the ceiling doubles up to the cap and the wait is drawn below it", () => {
  const ceilings = [1, 2, 3, 6, 7, 50].map((attempt) => backoffMs(attempt, backoff, () => 1));
  expect(ceilings).toEqual([1000, 2000, 4000, 32_000, 60_000, 60_000]);
  expect(backoffMs(3, backoff, () => 0.25)).toBe(1000);
  expect(backoffMs(3, backoff, () => 0)).toBe(0);
});

test("N17: Retry-After is honoured up to 60 s, a negative or absent one is not", () => {
  const waits = [2000, 0, 999_999_000, -1000, undefined].map((retryAfterMs) =>
    backoffMs(1, backoff, () => 0.5, retryAfterMs),
  );
  expect(waits).toEqual([2000, 0, 60_000, 500, 500]);
});
