import { TrainingError } from "./error.ts";
import type { TrainModelOptions } from "./run/train-options.ts";
import type { TrainedModel } from "./run/trained-model.ts";

export const trainModelDefaults = {
  copies: 6,
  patience: 8,
  seed: 1,
  holdOut: 0.2,
} as const;

/**
 * Makes a version from labelled samples: split, features, training, export, evaluation. What a stage finished stays in
 * `workDir`; a second call with the same options goes on from there.
 *
 * @throws TrainingError `E_SAMPLES` when fewer than two classes have enough readable samples, `E_USAGE`, `E_MODEL`,
 * `E_OUTPUT`, `E_ABORTED`.
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainedModel> {
  options.signal?.throwIfAborted();
  throw new TrainingError("E_USAGE", `${options.task}: is being built`);
}
