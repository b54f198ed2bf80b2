import { expect, test } from "@jest/globals";
import { bytesText, count, durationText } from "./quantity.ts";

test("bytes count in steps of 1,024, as size_mb does", () => {
  expect([0, 1, 999, 1023, 1024, 17_317_003, 53_687_091, 5_368_709_120].map(bytesText)).toEqual([
    "0 B",
    "1 B",
    "999 B",
    "1.0 KB",
    "1.0 KB",
    "16.5 MB",
    "51.2 MB",
    "5.0 GB",
  ]);
});

test("durations are short", () => {
  expect(
    [0, 12, 120, 1_234, 9_949, 12_300, 60_000, 200_000, 3_600_000, 7_500_000].map(durationText),
  ).toEqual([
    "0 s",
    "12 ms",
    "0.1 s",
    "1.2 s",
    "9.9 s",
    "12 s",
    "1 min",
    "3 min 20 s",
    "1 h",
    "2 h 5 min",
  ]);
});

test("a noun agrees with its number", () => {
  expect(count(1, "file")).toBe("1 file");
  expect(count(0, "file")).toBe("0 files");
  expect(count(12_345, "entry", "entries")).toBe("12,345 entries");
});
