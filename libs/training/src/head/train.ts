import { TrainingError } from "../error.ts";
import { seededRandom } from "../random.ts";
import { adam } from "./adam.ts";
import { type Head, initHead, lossAndGradient } from "./head.ts";
import { countRows, type LabelledRows } from "./labelled-rows.ts";

/** What `trainHead` takes. Defaults in `trainDefaults`. */
export interface TrainOptions {
  /** Widths of the hidden layers; default none: softmax regression. */
  readonly hidden?: readonly number[];
  /** Passes over the data; default 20. */
  readonly epochs?: number;
  /** Rows per step; default 32. */
  readonly batchRows?: number;
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Default 0.0001. */
  readonly weightDecay?: number;
  /** The same seed, data and options give the same head; default 1. */
  readonly seed?: number;
  /** Told after every epoch: the mean loss of its steps, in nats. */
  readonly onEpoch?: (epoch: { readonly epoch: number; readonly loss: number }) => void;
}

export const trainDefaults = {
  hidden: [] as readonly number[],
  epochs: 20,
  batchRows: 32,
  learningRate: 0.001,
  weightDecay: 0.0001,
  seed: 1,
} as const;

/** Rows in an order that `below` chooses (Fisher and Yates). */
function shuffled(count: number, below: (end: number) => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = below(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

function pick(data: LabelledRows, rows: Uint32Array): LabelledRows {
  const { width } = data;
  const values = new Float32Array(rows.length * width);
  const labels = new Uint16Array(rows.length);
  rows.forEach((row, i) => {
    values.set(data.values.subarray(row * width, (row + 1) * width), i * width);
    labels[i] = data.labels[row] as number;
  });
  return { ...data, values, labels };
}

/**
 * A head fitted to `data` by AdamW on shuffled batches, in plain TypeScript: slower than a training step in
 * onnxruntime, and what that is checked against. Blocks the thread it is called on.
 *
 * @throws TrainingError `E_USAGE` when the data's parts do not fit each other, or the loss is no number any more.
 */
export function trainHead(data: LabelledRows, options: TrainOptions = {}): Head {
  const { hidden, epochs, batchRows, learningRate, weightDecay, seed } = {
    ...trainDefaults,
    ...options,
  };
  const count = countRows(data);
  const random = seededRandom(seed);
  const head = initHead([data.width, ...hidden, data.classes], random);
  const steps = head.layers.map(({ weights, bias }) => ({
    weights: adam(weights, { learningRate, weightDecay }),
    bias: adam(bias, { learningRate, weightDecay: 0 }),
  }));
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    const order = shuffled(count, random.below);
    let total = 0;
    for (let start = 0; start < count; start += batchRows) {
      const batch = pick(data, order.subarray(start, start + batchRows));
      const { loss, gradient } = lossAndGradient(head, batch);
      gradient.forEach((slope, depth) => {
        steps[depth]?.weights.step(slope.weights);
        steps[depth]?.bias.step(slope.bias);
      });
      total += loss * batch.labels.length;
    }
    if (!Number.isFinite(total)) {
      throw new TrainingError(
        "E_USAGE",
        `epoch ${epoch}: the loss is ${total}: lower learningRate`,
      );
    }
    options.onEpoch?.({ epoch, loss: total / count });
  }
  return head;
}
