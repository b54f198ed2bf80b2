import { sigmoid, softmax } from "./softmax.ts";

/** What stands between a model's last layer and probabilities; `none`: they are probabilities already. */
export type Activation = "softmax" | "sigmoid" | "none";

/** What is known about scores. */
export interface ProbabilityOptions {
  /** Name of the output: `logits` are no probabilities; a score or a probability may stand for itself (YAMNet's do). */
  readonly name: string;
  /** What the metadata says; it wins. */
  readonly activation?: Activation;
}

/** How far a sum of probabilities may be from 1: float16 models round that much. */
const SUM_TOLERANCE = 0.01;

/**
 * Scores of one input as probabilities. Values that add up to 1 stay as they are, and so do values from 0 to 1 of an
 * output that is called a score or a probability (several classes at once); everything else goes through softmax. A
 * single score is the probability of the second of two classes, through the sigmoid function unless it is in 0 to 1.
 */
export function toProbabilities(values: Float32Array, options: ProbabilityOptions): Float32Array {
  const { name, activation = guess(values, name) } = options;
  if (values.length === 1) {
    const [value = 0] = values;
    const second = activation === "none" ? value : sigmoid(value);
    return Float32Array.of(1 - second, second);
  }
  if (activation === "none") return values;
  return activation === "softmax" ? softmax(values) : values.map(sigmoid);
}

function guess(values: Float32Array, name: string): Activation {
  const isLogit = /logit/i.test(name);
  let sum = 0;
  let inRange = !isLogit;
  for (const value of values) {
    sum += value;
    if (value < 0 || value > 1) inRange = false;
  }
  if (values.length === 1) return inRange ? "none" : "sigmoid";
  const isNamed = /prob|score|softmax|sigmoid/i.test(name);
  return inRange && (isNamed || Math.abs(sum - 1) <= SUM_TOLERANCE) ? "none" : "softmax";
}
