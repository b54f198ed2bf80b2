import { expect, test } from "@jest/globals";
import { peaks } from "./peaks.ts";

test("each column has the extremes of its stretch, and none is lost between two", () => {
  expect(peaks(new Float32Array([0, 0.5, -0.25, 1, -1, 0]), 3)).toEqual([
    [0, 0.5],
    [-0.25, 1],
    [-1, 0],
  ]);
});

test("fewer samples than columns, or none, still fill the width", () => {
  expect(peaks(new Float32Array([0.5]), 4)).toHaveLength(4);
  expect(peaks(new Float32Array([]), 2)).toEqual([
    [0, 0],
    [0, 0],
  ]);
});
