import { inflateSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { grayPng } from "./gray-png.ts";

test("a PNG of 8-bit gray values, its checksums right", () => {
  const png = grayPng([0, 0.5, 1, 1, 0, 0.2], 3);
  expect(png.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([3, 2, 8, 0]);
  const length = png.readUInt32BE(33);
  expect(png.toString("latin1", 37, 41)).toBe("IDAT");
  expect([...inflateSync(png.subarray(41, 41 + length))]).toEqual([0, 0, 128, 255, 0, 255, 0, 51]);
  // The end of every PNG, checksum included, is the same.
  expect(png.subarray(-12).toString("hex")).toBe("0000000049454e44ae426082");
});
