import { expect, test } from "@jest/globals";

import { isTextBytes } from "./text-bytes.ts";

test("text is UTF-8 without controls", () => {
  expect(isTextBytes(Buffer.from("a\tb\r\nü 🚢"), false)).toBe(true);
  for (const bytes of [[0], [7], [0x1b], [0x7f], [0xff], [0x80]]) {
    expect(isTextBytes(Uint8Array.from(bytes), true)).toBe(false);
  }
});

test("a character may be cut at the end only if more bytes follow", () => {
  for (const character of ["é", "重", "🚢"]) {
    const whole = Buffer.from(`abc${character}`);
    for (let missing = 1; missing < Buffer.byteLength(character); missing += 1) {
      const bytes = whole.subarray(0, -missing);
      expect([isTextBytes(bytes, true), isTextBytes(bytes, false)]).toEqual([true, false]);
    }
  }
  expect(isTextBytes(Buffer.from([0x61, 0xc3, 0x61]), true)).toBe(false);
  expect(isTextBytes(Buffer.from([0x61, 0x80]), true)).toBe(false);
});
