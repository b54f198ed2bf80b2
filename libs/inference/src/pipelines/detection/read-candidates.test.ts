import { expect, test } from "@jest/globals";
import type { NamedTensor } from "../../tensor.ts";
import { floatTensor } from "../tensor-values.ts";
import { readCandidates } from "./read-candidates.ts";

const tensor = (shape: readonly number[], rows: readonly (readonly number[])[]): NamedTensor =>
  floatTensor("output0", shape, Float32Array.from(rows.flat()));
const transpose = (rows: readonly (readonly number[])[]): number[][] =>
  (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? 0));
const threshold = (): number => 0.25;

/** Eight boxes of two classes: centre, size, scores. */
const boxes = Array.from({ length: 8 }, (_, at) => [10 * at + 20, 30, 8, 4, 0.1, 0]);
boxes[2] = [40, 30, 8, 4, 0.5, 0.75];
boxes[5] = [70, 30, 8, 4, 0.625, 0.125];
const found = [
  { classId: 1, confidence: 0.75, x1: 36, y1: 28, x2: 44, y2: 32 },
  { classId: 0, confidence: 0.625, x1: 66, y1: 28, x2: 74, y2: 32 },
];

test("YOLOv8's output and its transpose give the same boxes, whether or not the classes are known", () => {
  for (const classes of [0, 2]) {
    expect(readCandidates(tensor([1, 6, 8], transpose(boxes)), { classes, threshold })).toEqual(
      found,
    );
  }
  expect(readCandidates(tensor([1, 8, 6], boxes), { classes: 2, threshold })).toEqual(found);
  const wide = boxes.map((box) => [...box, 0]);
  expect(readCandidates(tensor([1, 8, 7], wide), { classes: 0, threshold })).toEqual(found);
});

test("fewer boxes than features are told apart by the number of classes", () => {
  const few = boxes.slice(2, 6);
  expect(readCandidates(tensor([1, 4, 6], few), { classes: 2, threshold })).toEqual(found);
});

test("YOLOv5's confidence that there is an object is multiplied in", () => {
  const rows = boxes.map(([x = 0, y = 0, w = 0, h = 0, a = 0, b = 0]) => [x, y, w, h, 0.5, a, b]);
  expect(readCandidates(tensor([1, 8, 7], rows), { classes: 2, threshold })).toEqual([
    { ...found[0], confidence: 0.375 },
    { ...found[1], confidence: 0.3125 },
  ]);
});

test("values behind the scores, masks of a segmenting model, are not taken for classes", () => {
  const more = [...boxes, ...boxes.map(() => [0, 0, 0, 0, 0, 0])];
  const rows = more.map((box) => [...box, 9, 9, 9]);
  const options = { classes: 2, threshold };
  expect(readCandidates(tensor([1, 9, 16], transpose(rows)), options)).toEqual(found);
});

test("an output that was suppressed in the model is corners, score and class", () => {
  const rows = [
    [36, 28, 44, 32, 0.75, 4],
    [0, 0, 0, 0, 0, 0],
    [1, 2, 3, 4, 0.125, 0],
  ];
  expect(readCandidates(tensor([1, 3, 6], rows), { classes: 80, threshold })).toEqual([
    { classId: 4, confidence: 0.75, x1: 36, y1: 28, x2: 44, y2: 32 },
  ]);
});

test("another shape is no detection", () => {
  for (const shape of [
    [2, 6, 8],
    [6, 8],
    [1, 4, 8],
  ]) {
    const output = floatTensor("y", shape, new Float32Array(shape.reduce((a, b) => a * b)));
    expect(() => readCandidates(output, { classes: 0, threshold })).toThrow(
      expect.objectContaining({ code: "E_OUTPUT" }),
    );
  }
});
