import type { Random } from "../random.ts";
import {
  type DenseGradient,
  type DenseLayer,
  denseForward,
  denseGradient,
  denseInputSlope,
  initDense,
} from "./dense-layer.ts";
import { countRows, type LabelledRows } from "./labelled-rows.ts";
import type { Matrix } from "./product.ts";
import { crossEntropy, softmaxRows } from "./softmax.ts";

/**
 * A classifier of rows of numbers: dense layers with ReLU between them and softmax at the end. One layer is softmax
 * regression.
 */
export interface Head {
  readonly layers: readonly DenseLayer[];
}

/** A head with random weights: `sizes` are the widths of the input, of the hidden layers and of the output. */
export function initHead(sizes: readonly number[], random: Random): Head {
  const layers = sizes.slice(1).map((outputs, i) => initDense(sizes[i] as number, outputs, random));
  return { layers };
}

/** What every layer takes, first to last, and the scores that the last one gives. */
function run(head: Head, input: Matrix): { readonly inputs: Matrix[]; readonly scores: Matrix } {
  const inputs: Matrix[] = [];
  let value = input;
  head.layers.forEach((layer, depth) => {
    if (depth > 0) value = { ...value, values: value.values.map((each) => Math.max(0, each)) };
    inputs.push(value);
    value = denseForward(layer, value);
  });
  return { inputs, scores: value };
}

/** Probabilities float32 `[rows, classes]` for `values` float32 `[rows, width]`. */
export function classify(head: Head, values: Float32Array): Float32Array {
  const width = head.layers[0]?.inputs ?? 1;
  const { scores } = run(head, { rows: values.length / width, columns: width, values });
  return softmaxRows(scores.values, scores.columns);
}

/** Mean cross-entropy in nats over `data`, and its slope by every weight and bias. */
export function lossAndGradient(
  head: Head,
  data: LabelledRows,
): { readonly loss: number; readonly gradient: readonly DenseGradient[] } {
  const rows = countRows(data);
  const { inputs, scores } = run(head, { rows, columns: data.width, values: data.values });
  const probabilities = softmaxRows(scores.values, data.classes);
  const { loss, slope } = crossEntropy(probabilities, data.labels, data.classes);
  const gradient: DenseGradient[] = [];
  let upper: Matrix = { rows, columns: data.classes, values: slope };
  for (let depth = head.layers.length - 1; depth >= 0; depth -= 1) {
    const input = inputs[depth] as Matrix;
    gradient.unshift(denseGradient(input, upper));
    if (depth === 0) break;
    const below = denseInputSlope(head.layers[depth] as DenseLayer, upper);
    // ReLU passes the slope on where its output is positive.
    const values = below.values.map((each, i) => ((input.values[i] as number) > 0 ? each : 0));
    upper = { ...below, values };
  }
  return { loss, gradient };
}
