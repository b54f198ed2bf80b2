import { classify, type Head } from "./head.ts";
import { countRows, type LabelledRows } from "./labelled-rows.ts";

/** Share of rows, 0 to 1, whose most probable class is their label. */
export function accuracy(head: Head, data: LabelledRows): number {
  const rows = countRows(data);
  const probabilities = classify(head, data.values);
  let right = 0;
  for (let row = 0; row < rows; row += 1) {
    const scores = probabilities.subarray(row * data.classes, (row + 1) * data.classes);
    if (scores.indexOf(Math.max(...scores)) === data.labels[row]) right += 1;
  }
  return right / rows;
}
