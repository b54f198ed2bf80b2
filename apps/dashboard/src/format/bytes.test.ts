import { expect, test } from "@jest/globals";
import { bytes } from "./bytes.ts";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.00 KiB"],
  [10_240, "10.0 KiB"],
  [1_048_575, "1.00 MiB"],
  [17_317_003, "16.5 MiB"],
  [-2048, "−2.00 KiB"],
  [5 * 1024 ** 4 * 1000, "5000 TiB"],
  [undefined, "–"],
  [Number.NaN, "–"],
])("%p bytes read %p", (count, text) => {
  expect(bytes(count)).toBe(text);
});
