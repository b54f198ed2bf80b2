import { InferenceError } from "../../error.ts";
import type { NamedTensor } from "../../tensor.ts";

const isFloating = ({ type }: NamedTensor): boolean =>
  type === "FP32" || type === "FP16" || type === "FP64";

/** Classes of a score output: its last size that is not 1, so that `[1, C, 1, 1]` is understood too. */
export const scoreCount = (shape: readonly number[]): number =>
  shape.findLast((size) => size !== 1) ?? 1;

/**
 * Which of a model's outputs holds the scores: the one with as many columns as there are classes (one column for two),
 * else the one whose name says so, else the first with numbers. Embeddings and spectrograms beside it are passed over.
 *
 * @throws InferenceError `E_OUTPUT` when there is none.
 */
export function scoreOutput(outputs: readonly NamedTensor[], classes: number): NamedTensor {
  const floating = outputs.filter(isFloating);
  const named = floating.filter(({ name }) => /prob|score|class|logit|softmax/i.test(name));
  const fits = ({ shape }: NamedTensor): boolean => {
    const count = scoreCount(shape);
    return classes > 0 && (count === classes || (count === 1 && classes <= 2));
  };
  const chosen = named.find(fits) ?? floating.find(fits) ?? named[0] ?? floating[0];
  if (chosen !== undefined) return chosen;
  throw new InferenceError("E_OUTPUT", "the model gave no scores of classes");
}
