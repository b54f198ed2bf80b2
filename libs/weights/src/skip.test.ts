import { expect, test } from "@jest/globals";
import { isSyncSkipped } from "./skip.ts";

test.each([
  ["1", true],
  ["true", true],
  ["yes", true],
  ["0", false],
  ["false", false],
  ["No", false],
  ["  ", false],
  [undefined, false],
])("SKIP_WEIGHT_SYNC=%s: %s", (value, expected) => {
  expect(isSyncSkipped({ SKIP_WEIGHT_SYNC: value })).toBe(expected);
});
