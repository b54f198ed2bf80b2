import { expect, test } from "@jest/globals";

import { parseRetryAfter } from "./retry-after.ts";

const now = Date.parse("1994-11-06T08:49:00Z");

test.each([
  ["2", 2000],
  [" 0 ", 0],
  ["999999", 999_999_000],
  ["Sun, 06 Nov 1994 08:49:37 GMT", 37_000],
  ["Sunday, 06-Nov-94 08:49:37 GMT", 37_000],
  ["Sun Nov  6 08:49:37 1994", 37_000],
  ["Sun, 06 Nov 1994 08:00:00 GMT", 0],
])("N17: Retry-After %p asks for %p ms", (header, ms) => {
  expect(parseRetryAfter(header, now)).toBe(ms);
});

test.each([
  "-1",
  "x",
  "",
  "1.5",
  "1e3",
  "0x10",
  "2 seconds",
  "1994-11-06",
  "Sun, 99 Nov 1994 08:49:37 GMT",
  undefined,
])("N17: Retry-After %p asks for nothing", (header) => {
  expect(parseRetryAfter(header, now)).toBeUndefined();
});
