import { expect, test } from "@jest/globals";
import { duration } from "./duration.ts";

test.each([
  [0, "0.0 ms"],
  [9.96, "10 ms"],
  [999.6, "1.0 s"],
  [59_960, "1 min 00 s"],
  [125_000, "2 min 05 s"],
  [3_720_000, "1 h 02 min"],
  [273_600_000, "3 d 4 h"],
  [undefined, "–"],
  [-1, "–"],
])("%p ms read %p", (ms, text) => {
  expect(duration(ms)).toBe(text);
});
