import type { Random } from "../random.ts";
import { type Matrix, timesTransposed, transpose } from "./product.ts";

/** `output = input · weightsᵀ + bias`. */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** float32 `[outputs, inputs]`, row-major. */
  readonly weights: Float32Array;
  /** float32 `[outputs]`. */
  readonly bias: Float32Array;
}

/** A layer with random weights of variance 2 / inputs (He et al. 2015, for ReLU) and no bias. */
export function initDense(inputs: number, outputs: number, random: Random): DenseLayer {
  const scale = Math.sqrt(2 / inputs);
  const weights = Float32Array.from({ length: inputs * outputs }, () => random.normal() * scale);
  return { inputs, outputs, weights, bias: new Float32Array(outputs) };
}

function weightMatrix({ inputs, outputs, weights }: DenseLayer): Matrix {
  return { rows: outputs, columns: inputs, values: weights };
}

/** `[rows, outputs]` from `input` `[rows, inputs]`. */
export function denseForward(layer: DenseLayer, input: Matrix): Matrix {
  const output = timesTransposed(input, weightMatrix(layer));
  for (let i = 0; i < output.values.length; i += 1) {
    (output.values[i] as number) += layer.bias[i % layer.outputs] as number;
  }
  return output;
}

/** Slopes of the loss by a layer's weights `[outputs, inputs]` and bias `[outputs]`. */
export interface DenseGradient {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** The chain rule to a layer's own numbers: `slope` `[rows, outputs]` is the loss's slope by its output. */
export function denseGradient(input: Matrix, slope: Matrix): DenseGradient {
  const weights = timesTransposed(transpose(slope), transpose(input)).values;
  const bias = new Float32Array(slope.columns);
  slope.values.forEach((each, i) => {
    (bias[i % slope.columns] as number) += each;
  });
  return { weights, bias };
}

/** The chain rule to what a layer takes: slope `[rows, inputs]` from `slope` `[rows, outputs]`. */
export function denseInputSlope(layer: DenseLayer, slope: Matrix): Matrix {
  return timesTransposed(slope, transpose(weightMatrix(layer)));
}
