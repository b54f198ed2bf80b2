import type { TrainProgress } from "./progress.ts";
import type { EpochFigures } from "./trained-model.ts";

/** Tells epochs as progress of the stage `train`. */
export function epochProgress(
  epochs: number,
  onProgress: ((progress: TrainProgress) => void) | undefined,
): (figures: EpochFigures) => void {
  return ({ epoch, loss, validationAccuracy }) =>
    onProgress?.({
      stage: "train",
      done: epoch,
      total: epochs,
      epoch,
      loss,
      ...(validationAccuracy === undefined ? {} : { accuracy: validationAccuracy }),
    });
}
