import type { TrainingRun } from "@plimsoll/api";
import type { ReactNode } from "react";
import { Meter } from "../../parts/meter.tsx";
import { runStages } from "./run-words.ts";
import { stageStates } from "./stage-of-run.ts";

const marks = { done: "✓", now: "●", failed: "✕", later: "○" } as const;

/** The stages of a run in their order, and where it stands. */
export function StageList({ run }: { readonly run: TrainingRun }): ReactNode {
  const states = stageStates(run);
  return (
    <>
      <ol className="stages">
        {runStages.map((stage, index) => (
          <li
            key={stage}
            data-state={states[index]}
            aria-current={states[index] === "now" ? "step" : undefined}
          >
            <span aria-hidden="true">{marks[states[index] ?? "later"]}</span>
            {stage}
            <span className="visually-hidden">{states[index]}</span>
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
