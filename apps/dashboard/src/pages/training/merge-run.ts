import type { CurvePoint, TrainingRun } from "@plimsoll/api";
import { isActive } from "./run-words.ts";

/** What the stream of a run has told. */
export interface RunNews {
  readonly stage?: string;
  readonly progress?: number;
  readonly points: readonly CurvePoint[];
}

/** The record with what came after it. A finished record wins: the stream knows nothing beyond the end. */
export function mergeRun(run: TrainingRun, news: RunNews): TrainingRun {
  const byEpoch = new Map([...run.curve, ...news.points].map((point) => [point.epoch, point]));
  const curve = [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
  if (!isActive(run)) return { ...run, curve };
  return {
    ...run,
    curve,
    ...(news.stage === undefined ? {} : { stage: news.stage }),
    progress: Math.max(run.progress, news.progress ?? 0),
  };
}
