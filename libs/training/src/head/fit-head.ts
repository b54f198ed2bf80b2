import { dense } from "../step/dense.ts";
import { dropout } from "../step/dropout.ts";
import { fit, type FitOptions, type Fitted } from "../step/fit.ts";
import { network, type Network, type NetworkState } from "../step/network.ts";
import { relu } from "../step/relu.ts";
import { rowBatches } from "../step/batches.ts";
import type { DenseLayer } from "./dense-layer.ts";
import type { Head } from "./head.ts";
import { countRows, type LabelledRows } from "./labelled-rows.ts";

/** What `fitHead` takes besides the settings of `fit`. */
export interface FitHeadOptions extends Omit<FitOptions, "validation"> {
  /** Default `softmax`: one layer. `mlp` has a hidden layer of 128 with dropout. */
  readonly kind?: "softmax" | "mlp";
  readonly validation?: LabelledRows;
  /** Weighs every class by the inverse of its share, so that a rare one counts as much. Default true. */
  readonly balance?: boolean;
  /** Changes the values of `data` and `validation` to mean 0 and deviation 1 instead of copies. Default false. */
  readonly inPlace?: boolean;
}

/** A fitted head and how it went. */
export interface FittedHead {
  /** Takes rows as they were given: the standardisation is folded into its first layer. */
  readonly head: Head;
  readonly curves: Fitted["curves"];
}

/**
 * Fits a classifier to rows of features by training steps in onnxruntime.
 *
 * @throws TrainingError `E_USAGE` when rows, labels and classes do not fit, `E_OUTPUT` for values that are not finite,
 * `E_ABORTED`.
 */
export async function fitHead(
  data: LabelledRows,
  options: FitHeadOptions = {},
): Promise<FittedHead> {
  const { kind = "softmax", validation, balance = true, inPlace = false, ...rest } = options;
  countRows(data);
  const { mean, factor } = levels(data);
  const standard = (rows: LabelledRows): LabelledRows => {
    const values = inPlace ? rows.values : rows.values.slice();
    standardise(values, mean, factor);
    return { ...rows, values };
  };
  const train = standard(data);
  const check = validation && validation.labels.length > 0 ? standard(validation) : undefined;
  const net = network(
    [data.width],
    kind === "softmax"
      ? [dense(data.classes, 0.01)]
      : [dense(128), relu, dropout(0.3), dense(data.classes, 1)],
  );
  const { state, curves } = await fit(net, rowBatches(train.values, data.width, train.labels), {
    rate: kind === "softmax" ? 0.002 : 0.001,
    decay: 0.05,
    ...(balance ? { classWeights: balanced(data) } : {}),
    ...(check ? { validation: rowBatches(check.values, data.width, check.labels) } : {}),
    ...rest,
  });
  return { head: { layers: fold(layersOf(net, state), mean, factor) }, curves };
}

/** Weights by which every class counts the same; their mean over the rows is 1. */
export function balanced({ labels, classes }: Pick<LabelledRows, "labels" | "classes">): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : labels.length / (present * count)));
}

/** Mean and 1 / deviation of every column. */
function levels({ values, width }: LabelledRows): {
  readonly mean: Float64Array;
  readonly factor: Float64Array;
} {
  const rows = values.length / width;
  const sum = new Float64Array(width);
  const square = new Float64Array(width);
  // One pass, from the first row: near enough to the mean that nothing cancels out.
  const from = Float64Array.from(values.subarray(0, width));
  for (let at = 0; at < values.length; at += width) {
    for (let i = 0; i < width; i += 1) {
      const off = (values[at + i] as number) - (from[i] as number);
      sum[i] = (sum[i] as number) + off;
      square[i] = (square[i] as number) + off * off;
    }
  }
  const mean = sum.map((each, i) => (from[i] as number) + each / rows);
  sum.forEach((each, i) => (square[i] = Math.max(0, (square[i] as number) - (each * each) / rows)));
  // A column that hardly changes is not blown up to noise.
  const floor = Math.sqrt(square.reduce((a, b) => a + b, 0) / rows / width) * 0.05 + 1e-9;
  return { mean, factor: square.map((each) => 1 / Math.max(Math.sqrt(each / rows), floor)) };
}

function standardise(values: Float32Array, mean: Float64Array, factor: Float64Array): void {
  const width = mean.length;
  for (let at = 0; at < values.length; at += width) {
    for (let i = 0; i < width; i += 1) {
      values[at + i] = ((values[at + i] as number) - (mean[i] as number)) * (factor[i] as number);
    }
  }
}

function layersOf(net: Network, { parameters }: NetworkState): DenseLayer[] {
  return net.parameters
    .filter(({ name }) => name === "weights")
    .map(({ layer, dims, offset, length }) => {
      const [outputs = 0, inputs = 0] = dims;
      const bias = net.parameters.find((each) => each.layer === layer && each.name === "bias");
      const at = bias?.offset ?? 0;
      return {
        inputs,
        outputs,
        weights: parameters.slice(offset, offset + length),
        bias: parameters.slice(at, at + outputs),
      };
    });
}

/** weights · (x - mean) · factor + bias as one layer of x: W' = W · factor, b' = b - W' · mean. */
function fold(layers: DenseLayer[], mean: Float64Array, factor: Float64Array): DenseLayer[] {
  const [first, ...others] = layers;
  if (first === undefined) return [];
  const { inputs, outputs } = first;
  const weights = first.weights.map((each, i) => each * (factor[i % inputs] as number));
  const bias = first.bias.map((each, row) => {
    let sum = each;
    for (let i = 0; i < inputs; i += 1) {
      sum -= (weights[row * inputs + i] as number) * (mean[i] as number);
    }
    return sum;
  });
  return [{ inputs, outputs, weights, bias }, ...others];
}
