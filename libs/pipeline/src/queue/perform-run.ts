import { openStore } from "@plimsoll/storage";
import { executeRun } from "../runs/execute-run.ts";
import type { Train } from "../runs/run-context.ts";
import type { RunEvent } from "../runs/run-event.ts";
import type { RunRecord } from "../runs/run-record.ts";
import type { RunJob } from "./run-job.ts";
import { shareFeatures, type TrainingRoom } from "./share-features.ts";

export interface PerformOptions {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  readonly log?: (line: string) => void;
}

/** The training that a job names: that of a module, else the training room's, which is loaded here and not before. */
export async function loadTrain({ trainModule }: Pick<RunJob, "trainModule">): Promise<Train> {
  if (trainModule === undefined) return (await import("@plimsoll/training")).trainModel;
  return ((await import(trainModule)) as { readonly trainModel: Train }).trainModel;
}

/** What of the training room is shared by workers; undefined for a module of a test that has only `trainModel`. */
export async function loadRoom(
  job: Pick<RunJob, "trainModule">,
): Promise<TrainingRoom | undefined> {
  return job.trainModule === undefined ? await import("@plimsoll/training") : undefined;
}

/** Works on the run of a job in this process, see `executeRun`. */
export async function performRun(job: RunJob, options: PerformOptions = {}): Promise<RunRecord> {
  const { trainModule: _, allowHttp = false, isShared = false, part: __, ...rest } = job;
  const { partSamples, minShared, ...errand } = rest;
  const room = isShared ? await loadRoom(job) : undefined;
  const share =
    room &&
    shareFeatures({
      room,
      ...(partSamples !== undefined && { partSamples }),
      ...(minShared !== undefined && { minSamples: minShared }),
    });
  return await executeRun({
    ...errand,
    train: await loadTrain(job),
    openStore: (url) => openStore(url, { forWriting: true, allowHttp }),
    ...(share && { shareFeatures: share }),
    ...options,
  });
}
