import { expect, test } from "@jest/globals";
import { shrinkPictures } from "./shrink-pictures.ts";

test("halves are means of four pixels, plane by plane", () => {
  const plane = [0, 4, 100, 100, 8, 12, 100, 104, 1, 1, 200, 200, 1, 1, 200, 200];
  const pixels = Uint8Array.from([...plane, ...plane.map((each) => each + 10)]);
  expect([...shrinkPictures(pixels, 4, 2)]).toEqual([6, 101, 1, 200, 16, 111, 11, 210]);
});

test("pixels that are covered in part count in part", () => {
  const pixels = Uint8Array.from({ length: 9 }, (_, i) => (i % 3 === 1 ? 90 : 0));
  expect([...shrinkPictures(pixels, 3, 2)]).toEqual([30, 30, 30, 30]);
});
