import { expect, test } from "@jest/globals";
import { parseDays, parseDuration } from "./duration.ts";

test("seconds, minutes, hours and days", () => {
  expect(["90s", "15m", "1h", "7d"].map((text) => parseDuration(text, "--expires"))).toEqual([
    90, 900, 3600, 604_800,
  ]);
  expect(parseDays("90d", "--expire-old")).toBe(90);
  expect(parseDays("48h", "--expire-old")).toBe(2);
});

test.each(["", "0s", "1", "1w", "-1h", "1.5h", "1h30m", "9999999999s"])(
  "%j is refused by the flag's name",
  (text) => {
    expect(() => parseDuration(text, "--expires")).toThrow(/^--expires ".*": .*90s, 15m/);
  },
);

test("part of a day is no day", () => {
  expect(() => parseDays("36h", "--expire-old")).toThrow(/whole days/);
});
