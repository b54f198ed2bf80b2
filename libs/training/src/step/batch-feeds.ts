import type { Random } from "../random.ts";
import type { Values } from "../runtime.ts";
import type { Batches } from "./batches.ts";
import type { Network } from "./network.ts";
import type { Mask } from "./step-model.ts";

/** How examples become a batch. */
export interface BatchSettings {
  /** Share of the target that is spread over all classes. */
  readonly smoothing: number;
  /** 0: examples as they are. Else pairs are mixed by shares of the distribution Beta(mix, mix). */
  readonly mix: number;
  readonly classWeights?: readonly number[];
}

/** Makes the feeds of one batch: values, targets, weights and masks. They hold until the next batch is made. */
export function openBatch(
  net: Network,
  data: Batches,
  masks: readonly Mask[],
  { smoothing, mix, classWeights }: BatchSettings,
): (rows: Uint32Array, random: Random) => Record<string, Values> {
  const size = net.shape.reduce((product, each) => product * each, 1);
  const { classes } = net;
  const reuse = buffers();
  return (rows, random) => {
    const count = rows.length;
    const values = reuse("values", count * size);
    data.fill(rows, values, random);
    const targets = reuse("targets", count * classes).fill(smoothing / classes);
    const weights = reuse("weights", count);
    rows.forEach((row, i) => {
      const label = data.labels[row] as number;
      targets[i * classes + label] = 1 - smoothing + smoothing / classes;
      weights[i] = classWeights?.[label] ?? 1;
    });
    if (mix > 0) {
      const part = symmetricBeta(mix, random);
      mixPairs(values, size, part);
      mixPairs(targets, classes, part);
      mixPairs(weights, 1, part);
    }
    const feeds: Record<string, Values> = {
      values: { data: values, dims: [count, ...net.shape] },
      targets: { data: targets, dims: [count, classes] },
      row_weights: { data: weights, dims: [count, 1] },
    };
    for (const { name, keep, shape } of masks) {
      const mask = reuse(
        name,
        shape.reduce((product, each) => product * each, count),
      );
      for (let i = 0; i < mask.length; i += 1) mask[i] = random.uniform() < keep ? 1 / keep : 0;
      feeds[name] = { data: mask, dims: [count, ...shape] };
    }
    return feeds;
  };
}

/** The same memory for every batch: new pages for each would take longer than what is written to them. */
function buffers(): (name: string, length: number) => Float32Array {
  const kept = new Map<string, Float32Array>();
  return (name, length) => {
    let buffer = kept.get(name);
    if (buffer === undefined || buffer.length < length) {
      buffer = new Float32Array(length);
      kept.set(name, buffer);
    }
    return buffer.subarray(0, length);
  };
}

/**
 * Mixes every row with the one at the other end, in place: `part` of itself, the rest of its partner (mixup: Zhang et
 * al. 2018). Rows come in random order, so that partners are random, too.
 */
function mixPairs(rows: Float32Array, width: number, part: number): void {
  const count = rows.length / width;
  for (let row = 0; row < Math.floor(count / 2); row += 1) {
    const [here, there] = [row * width, (count - 1 - row) * width];
    for (let i = 0; i < width; i += 1) {
      const [a, b] = [rows[here + i] as number, rows[there + i] as number];
      rows[here + i] = a * part + b * (1 - part);
      rows[there + i] = b * part + a * (1 - part);
    }
  }
}

/** A draw of Beta(shape, shape), for a shape up to about 1 (Jöhnk 1964). */
function symmetricBeta(shape: number, random: Random): number {
  for (let tries = 0; tries < 1000; tries += 1) {
    const a = (1 - random.uniform()) ** (1 / shape);
    const b = (1 - random.uniform()) ** (1 / shape);
    if (a + b <= 1 && a + b > 0) return a / (a + b);
  }
  return 1;
}
