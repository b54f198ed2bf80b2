import type { Random } from "../random.ts";

/** Labelled examples that are made ready batch by batch. */
export interface Batches {
  readonly count: number;
  /** Shape of one example. */
  readonly shape: readonly number[];
  /** One class number per example. */
  readonly labels: ArrayLike<number>;
  /** Writes the examples `rows` one after another to `into`, changed at random where `random` is given. */
  fill(rows: Uint32Array, into: Float32Array, random?: Random): void;
}

/** Rows of a float32 matrix as they are. */
export function rowBatches(
  values: Float32Array,
  width: number,
  labels: ArrayLike<number>,
): Batches {
  return {
    count: labels.length,
    shape: [width],
    labels,
    fill(rows, into) {
      rows.forEach((row, i) => {
        into.set(values.subarray(row * width, (row + 1) * width), i * width);
      });
    },
  };
}
