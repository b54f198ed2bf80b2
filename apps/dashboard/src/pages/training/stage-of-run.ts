import type { TrainingRun } from "@plimsoll/api";
import { isActive, runStages } from "./run-words.ts";

/** How far one stage is. */
export type StageState = "done" | "now" | "failed" | "later";

/** Inner names of the training room, and the stage that they are a part of. */
const parts: Readonly<Record<string, string>> = {
  decode: "features",
  augment: "features",
  epochs: "train",
};

/**
 * Where a run stands among `runStages`: -1 before the first, their count after the last. The pipeline calls everything
 * from the features to the evaluation `train`; before the first epoch that is the features.
 */
export function stageOfRun(run: Pick<TrainingRun, "stage" | "state" | "curve">): number {
  const { stage, state, curve } = run;
  if (state === "succeeded" || stage === "done") return runStages.length;
  if (stage === undefined || stage === "queued") return -1;
  const name = parts[stage] ?? stage;
  const at = runStages.indexOf(name === "train" && curve.length === 0 ? "features" : name);
  return at < 0 ? runStages.indexOf("train") : at;
}

/** The state of every stage, in their order. */
export function stageStates(run: Pick<TrainingRun, "stage" | "state" | "curve">): StageState[] {
  const at = stageOfRun(run);
  return runStages.map((_, index) => {
    if (index < at) return "done";
    if (index > at) return "later";
    return isActive(run) ? "now" : "failed";
  });
}
