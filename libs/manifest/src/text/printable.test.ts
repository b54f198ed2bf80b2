import { expect, test } from "@jest/globals";

import { printable, printableBytes } from "./printable.ts";

test("M3: what a terminal would obey is spelled out", () => {
  expect(printable("a\u0000b\nc\u001b[2Jd\u007fe\u009bf")).toBe(
    "a\\u0000b\\u000ac\\u001b[2Jd\\u007fe\\u009bf",
  );
});

test("M22: bidirectional, zero-width and separator characters are spelled out, other letters stay", () => {
  expect(printable("x\u202exe.tp\u200b\u2028\u2066\ufeff\u{e0041}\ud800")).toBe(
    "x\\u202exe.tp\\u200b\\u2028\\u2066\\ufeff\\u{e0041}\\ud800",
  );
  expect(printable("Ärger 重み 🚢")).toBe("Ärger 重み 🚢");
});

test("M22: a long text is cut", () => {
  expect(printable("x".repeat(1_000_000))).toBe(`${"x".repeat(200)}…`);
  expect(printable("abc", 3)).toBe("abc");
  expect(printable("abcd", 3)).toBe("abc…");
});

test("bytes are shown as ASCII and hex", () => {
  expect(printableBytes(Uint8Array.of(0x50, 0x4b, 3, 4, 0xff))).toBe("PK\\x03\\x04\\xff");
  expect(printableBytes(new Uint8Array(200).fill(0x61))).toBe(`${"a".repeat(80)}…`);
});
