import type { RunRecord } from "./runs/run-record.ts";
import type { ShownRun } from "./training.ts";

/** A run's record in the words of the routes. */
export function showRun(record: RunRecord): ShownRun {
  const { stage, reason, started_at, ended_at, version, parent, error } = record;
  const { dataset, metrics, parent_metrics, confusion } = record;
  return {
    id: record.run,
    model: record.model,
    state: record.state,
    ...(stage !== undefined && { stage }),
    progress: record.progress,
    ...(reason !== undefined && { reason }),
    createdAt: record.created_at,
    ...(started_at !== undefined && { startedAt: started_at }),
    ...(ended_at !== undefined && { endedAt: ended_at }),
    ...(version !== undefined && { version }),
    ...(parent !== undefined && { baseline: parent }),
    ...(dataset && { samples: { ...dataset.classes } }),
    ...(metrics && { metrics: { ...metrics } }),
    ...(parent_metrics && { baselineMetrics: { ...parent_metrics } }),
    ...(confusion && {
      confusion: {
        classes: [...confusion.classes],
        counts: confusion.counts.map((row) => [...row]),
      },
    }),
    curve: record.curve.map((point) => ({ ...point })),
    ...(error && { error: { ...error } }),
  };
}
