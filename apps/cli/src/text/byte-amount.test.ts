import { expect, test } from "@jest/globals";
import { parseBytes, parseRate } from "./byte-amount.ts";

test.each([
  ["1000000", 1_000_000],
  ["512MB", 512 * 1024 ** 2],
  ["1.5 GiB", 1.5 * 1024 ** 3],
  ["0", 0],
])("%s is an amount of bytes", (text, bytes) => {
  expect(parseBytes(text, "--budget")).toBe(bytes);
});

test.each([
  ["10MB", 10 * 1024 ** 2],
  ["80Mbit/s", 10_000_000],
])("%s is a rate", (text, bytes) => {
  expect(parseRate(text, "--max-rate")).toBe(bytes);
});

test.each(["", "-1", "ten", "1e9", "5XB", "1..5GB"])("%j is none", (text) => {
  expect(() => parseBytes(text, "--budget")).toThrow(/--budget .* a size is written/);
});

test("nothing a second is no rate", () => {
  expect(() => parseRate("0", "--max-rate")).toThrow(/not 0/);
});
