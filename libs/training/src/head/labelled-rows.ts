import { TrainingError } from "../error.ts";

/** Examples to learn from or to measure on. */
export interface LabelledRows {
  /** float32 `[count, width]`, row-major. */
  readonly values: Float32Array;
  /** Numbers per row. */
  readonly width: number;
  /** One class number per row, from 0 to below `classes`. */
  readonly labels: Uint8Array | Uint16Array;
  readonly classes: number;
}

/**
 * How many rows there are.
 *
 * @throws TrainingError `E_USAGE` when values, width, labels and classes do not fit each other.
 */
export function countRows(data: LabelledRows): number {
  const { values, width, labels, classes } = data;
  const count = labels.length;
  if (count === 0) {
    throw new TrainingError("E_USAGE", "no examples: give at least one row with its label");
  }
  if (values.length !== count * width) {
    throw new TrainingError(
      "E_USAGE",
      `${values.length} values are not ${count} rows of ${width}: one label belongs to each row`,
    );
  }
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new TrainingError(
      "E_USAGE",
      `row ${wrong} has the label ${labels[wrong]}, but there are ${classes} classes, counted from 0`,
    );
  }
  return count;
}
