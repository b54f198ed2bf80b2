import { type Matrix, timesTransposed } from "../head/product.ts";
import type { Random } from "../random.ts";

const rounds = 10;
const blockRows = 2048;

/**
 * Centres of length 1 `[count, size]` that rows lie along: spherical k-means (Coates and Ng 2012). A centre that no row
 * chooses starts again at a random row.
 */
export function clusterCentres(
  rows: Float32Array,
  size: number,
  count: number,
  random: Random,
): Float32Array {
  const total = rows.length / size;
  let centres = new Float32Array(count * size);
  for (let c = 0; c < count; c += 1) restart(centres, c, rows, size, random.below(total));
  for (let round = 0; round < rounds; round += 1) {
    const sums = new Float32Array(count * size);
    const chosen = new Uint32Array(count);
    const right: Matrix = { rows: count, columns: size, values: centres };
    for (let from = 0; from < total; from += blockRows) {
      const values = rows.subarray(from * size, (from + blockRows) * size);
      const left: Matrix = { rows: values.length / size, columns: size, values };
      const along = timesTransposed(left, right).values;
      for (let row = 0; row < left.rows; row += 1) {
        let best = 0;
        for (let c = 1; c < count; c += 1) {
          if (
            Math.abs(along[row * count + c] as number) >
            Math.abs(along[row * count + best] as number)
          )
            best = c;
        }
        const amount = along[row * count + best] as number;
        chosen[best] = (chosen[best] as number) + 1;
        for (let i = 0; i < size; i += 1) {
          sums[best * size + i] =
            (sums[best * size + i] as number) + amount * (values[row * size + i] as number);
        }
      }
    }
    centres = sums;
    for (let c = 0; c < count; c += 1) {
      if (chosen[c] === 0) restart(centres, c, rows, size, random.below(total));
      else normalise(centres.subarray(c * size, (c + 1) * size));
    }
  }
  return centres;
}

function restart(
  centres: Float32Array,
  c: number,
  rows: Float32Array,
  size: number,
  row: number,
): void {
  centres.set(rows.subarray(row * size, (row + 1) * size), c * size);
  normalise(centres.subarray(c * size, (c + 1) * size));
}

function normalise(centre: Float32Array): void {
  const length = Math.sqrt(centre.reduce((sum, each) => sum + each * each, 0)) + 1e-9;
  centre.forEach((each, i) => (centre[i] = each / length));
}
