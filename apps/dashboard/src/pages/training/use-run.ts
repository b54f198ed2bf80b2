import type { TrainingEvent, TrainingRun } from "@plimsoll/api";
import { useState } from "react";
import { pulse } from "../../client/pulse.ts";
import { useLive } from "../../client/use-live.ts";
import { useStream } from "../../client/use-stream.ts";
import type { RequestProblem } from "../../client/request-problem.ts";
import { isActive } from "./run-words.ts";
import { mergeRun, type RunNews } from "./merge-run.ts";

/** A run as it is now: its record, and over it what the stream of its events has told since. */
export function useRun(id: string): {
  readonly run: TrainingRun | undefined;
  readonly problem: RequestProblem | undefined;
} {
  const path = `/training/runs/${encodeURIComponent(id)}`;
  const { data, problem } = useLive<TrainingRun>(path, 5000);
  const [news, setNews] = useState<RunNews>({ points: [] });
  const streaming = data !== undefined && isActive(data);

  useStream<TrainingEvent>(streaming ? `${path}/events` : null, (event) => {
    setNews((old) => ({
      ...old,
      ...(event.stage === undefined ? {} : { stage: event.stage }),
      ...(event.progress === undefined ? {} : { progress: event.progress }),
      points: event.point ? [...old.points, event.point] : old.points,
    }));
    // The end brings metrics and a version, which stand in the record only.
    if (event.type === "state") pulse.beat();
  });
  return { run: data && mergeRun(data, news), problem };
}
