import type { TrainingRun } from "@plimsoll/api";
import type { Tone } from "../../parts/tone.ts";

/** What the state of a run means to a person. */
export const runStates: Record<
  TrainingRun["state"],
  { readonly label: string; readonly tone: Tone }
> = {
  queued: { label: "queued", tone: "neutral" },
  running: { label: "running", tone: "accent" },
  succeeded: { label: "succeeded", tone: "good" },
  rejected: { label: "rejected by a gate", tone: "warn" },
  failed: { label: "failed", tone: "bad" },
  cancelled: { label: "cancelled", tone: "neutral" },
};

/** The stages in their order. */
export const runStages: readonly string[] = [
  "samples",
  "download",
  "baseline",
  "features",
  "train",
  "export",
  "evaluate",
  "publish",
  "promote",
];

/** Whether a run still changes. */
export function isActive(run: Pick<TrainingRun, "state"> | undefined): boolean {
  return run?.state === "queued" || run?.state === "running";
}

/** Milliseconds that a run took so far, or in all. */
export function runMs(run: TrainingRun, now = Date.now()): number | undefined {
  if (!run.startedAt) return undefined;
  return (run.endedAt ? Date.parse(run.endedAt) : now) - Date.parse(run.startedAt);
}
