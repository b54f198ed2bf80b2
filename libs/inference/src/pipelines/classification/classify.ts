import { InferenceError } from "../../error.ts";
import type { ModelConfig } from "../../model-config.ts";
import type { ModelOutput } from "../../prediction.ts";
import type { NamedTensor } from "../../tensor.ts";
import { type LabelSources, labelOf, modelLabels } from "../labels.ts";
import { tensorValues } from "../tensor-values.ts";
import { type Activation, toProbabilities } from "./probabilities.ts";
import { scoreCount, scoreOutput } from "./score-output.ts";

/** Reads a model's outputs as one classification; rows (patches of a sound) are averaged. */
export type Classifier = (outputs: readonly NamedTensor[], config: ModelConfig) => ModelOutput;

/**
 * Classification by a model's scores, in the words of `config.labels`, else of the metadata, else of the file, else by
 * number. `metadata.output.activation` says what the scores still need, where their values do not tell.
 */
export function classifier(sources: LabelSources): Classifier {
  const labels = modelLabels(sources);
  const activation = activationOf(sources);
  return (outputs, config) => {
    const output = scoreOutput(outputs, labels.length || (config.labels?.length ?? 0));
    const options = {
      name: output.name,
      ...(activation === undefined ? {} : { activation }),
    };
    const values = tensorValues(output);
    const columns = scoreCount(output.shape);
    const rows = values.length / columns;
    if (!Number.isInteger(rows) || rows < 1) {
      throw new InferenceError("E_OUTPUT", `output ${output.name}: no scores of classes`);
    }
    const mean = new Float64Array(Math.max(columns, 2));
    for (let row = 0; row < rows; row += 1) {
      const scores = values.subarray(row * columns, (row + 1) * columns);
      toProbabilities(scores, options).forEach((probability, index) => {
        mean[index] = (mean[index] ?? 0) + probability / rows;
      });
    }
    return classification(
      [...mean].map((value, index) => [labelOf(index, config, labels), value]),
      config,
    );
  };
}

/**
 * The strongest class of those above their threshold, or of all where none is. Classes below it are left out of the
 * probabilities, the predicted one excepted.
 */
export function classification(
  classes: readonly (readonly [string, number])[],
  config: ModelConfig,
): ModelOutput {
  const threshold = (label: string): number =>
    config.class_thresholds?.[label] ?? config.confidence_threshold ?? 0;
  const above = classes.filter(([label, value]) => value >= threshold(label));
  const [first, ...others] = above.length > 0 ? above : classes;
  if (first === undefined) throw new InferenceError("E_OUTPUT", "the model gave no scores");
  const best = others.reduce((a, b) => (b[1] > a[1] ? b : a), first);
  return {
    kind: "classification",
    predictedClass: best[0],
    confidence: best[1],
    probabilities: Object.fromEntries(above.length > 0 ? above : [best]),
  };
}

function activationOf({ metadata, modelMetadata }: LabelSources): Activation | undefined {
  const output = metadata?.["output"];
  const declared =
    typeof output === "object" && output !== null && "activation" in output
      ? output["activation"]
      : modelMetadata["activation"];
  return declared === "softmax" || declared === "sigmoid" || declared === "none"
    ? declared
    : undefined;
}
