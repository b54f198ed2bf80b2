import type { TrainingRun } from "@plimsoll/api";
import type { ReactNode } from "react";
import { Meter } from "../../parts/meter.tsx";
import { isActive, runStages } from "./run-words.ts";

const marks = { done: "✓", now: "●", failed: "✕", later: "○" } as const;

/** The stages of a run in their order, and where it stands. */
export function StageList({ run }: { readonly run: TrainingRun }): ReactNode {
  const known = run.stage === undefined || runStages.includes(run.stage);
  // An inner stage of the training room (`epochs`, `export`) belongs to `train`.
  const current = known ? run.stage : "train";
  const at = current === undefined ? -1 : runStages.indexOf(current);
  const state = (index: number): keyof typeof marks => {
    if (run.state === "succeeded" || index < at) return "done";
    if (index > at) return "later";
    return isActive(run) ? "now" : "failed";
  };
  return (
    <>
      <ol className="stages">
        {runStages.map((stage, index) => (
          <li
            key={stage}
            data-state={state(index)}
            aria-current={state(index) === "now" ? "step" : undefined}
          >
            <span aria-hidden="true">{marks[state(index)]}</span>
            {stage}
            {!known && stage === "train" && ` (${run.stage ?? ""})`}
            <span className="visually-hidden">{state(index)}</span>
          </li>
        ))}
      </ol>
      <Meter
        value={run.progress}
        label="Progress of the run"
        tone={run.state === "failed" ? "bad" : run.state === "succeeded" ? "good" : "accent"}
      />
    </>
  );
}
