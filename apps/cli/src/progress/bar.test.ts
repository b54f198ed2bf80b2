import { expect, test } from "@jest/globals";
import { barLine, clockText, secondsLeft } from "./bar.ts";

const MIB = 1024 * 1024;
const half = { label: "a.onnx", bytes: 8 * MIB, size: 16 * MIB, bytesPerSecond: 2 * MIB };

test("a line has a bar, amounts, speed and time left", () => {
  expect(barLine(half, 100, 14)).toBe(
    "a.onnx         ████████████░░░░░░░░░░░░  50%    8.0 MB of 16.0 MB   2.0 MB/s     0:04",
  );
});

test("a line never wraps: it gives up the bar, then the end", () => {
  for (const columns of [40, 50, 60, 70, 80, 200]) {
    expect(barLine({ ...half, label: "x".repeat(300) }, columns, 300).length).toBeLessThan(columns);
  }
  expect(barLine(half, 60, 14)).not.toMatch(/█/);
});

test("without a size there is neither bar nor time left", () => {
  const line = barLine({ ...half, size: undefined }, 100, 14);
  expect(line).toMatch(/8\.0 MB +2\.0 MB\/s/);
  expect(line).not.toMatch(/[█%]/);
});

test("time left needs a speed", () => {
  expect(secondsLeft(half)).toBe(4);
  expect(secondsLeft({ ...half, bytesPerSecond: 0 })).toBeUndefined();
  expect(secondsLeft({ ...half, bytesPerSecond: undefined })).toBeUndefined();
});

test("an empty file is complete, not a division by zero", () => {
  expect(barLine({ label: "e", bytes: 0, size: 0, bytesPerSecond: 1 }, 100, 14)).toMatch(/100%/);
});

test("clock", () => {
  expect([0, 6.2, 59.9, 754, 3_723].map(clockText)).toEqual([
    "0:00",
    "0:07",
    "1:00",
    "12:34",
    "1:02:03",
  ]);
});
