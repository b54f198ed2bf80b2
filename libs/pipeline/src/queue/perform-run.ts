import { openStore } from "@plimsoll/storage";
import { executeRun } from "../runs/execute-run.ts";
import type { RunContext, Train } from "../runs/run-context.ts";
import type { RunEvent } from "../runs/run-event.ts";
import type { RunRecord } from "../runs/run-record.ts";
import type { RunJob } from "./run-job.ts";

export interface PerformOptions {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  readonly log?: (line: string) => void;
  readonly shareFeatures?: RunContext["shareFeatures"];
}

/** The training that a job names: that of a module, else the training room's, which is loaded here and not before. */
export async function loadTrain({ trainModule }: Pick<RunJob, "trainModule">): Promise<Train> {
  if (trainModule === undefined) return (await import("@plimsoll/training")).trainModel;
  return ((await import(trainModule)) as { readonly trainModel: Train }).trainModel;
}

/** Works on the run of a job in this process, see `executeRun`. */
export async function performRun(job: RunJob, options: PerformOptions = {}): Promise<RunRecord> {
  const { trainModule: _, allowHttp = false, ...errand } = job;
  return await executeRun({
    ...errand,
    train: await loadTrain(job),
    openStore: (url) => openStore(url, { forWriting: true, allowHttp }),
    ...options,
  });
}
