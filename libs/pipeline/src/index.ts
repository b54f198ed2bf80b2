export { PipelineError, type PipelineErrorCode } from "./error.ts";
export {
  type AddedFile,
  addSamples,
  type AddSamplesOptions,
  type AddSamplesResult,
} from "./samples/add-samples.ts";
export { approveSamples } from "./samples/approve-samples.ts";
export { type SampleLimits, sampleLimits } from "./samples/check-sample.ts";
export { csvCell } from "./samples/csv-cell.ts";
export { datasetKeys } from "./samples/dataset-keys.ts";
export { countClasses, listOriginals, type StoredSample } from "./samples/list-originals.ts";
export { openSamples } from "./samples/open-samples.ts";
export { type SampleQuotas, sampleQuotas } from "./samples/quotas.ts";
export type {
  AddedSample,
  DatasetCounts,
  SampleRules,
  Samples,
  SamplesOptions,
  SampleUpload,
} from "./samples/samples.ts";
export { type FoundSample, folderSamples, storeSamples } from "./samples/sample-source.ts";
export type { SampleKind } from "./samples/sample-type.ts";
export { currentCommit } from "./commit.ts";
export { openTraining } from "./open-training.ts";
export { performRun, type PerformOptions } from "./queue/perform-run.ts";
export type { RunJob } from "./queue/run-job.ts";
export { countNew, createRun, type CreatedRun, type CreateRunOptions } from "./runs/create-run.ts";
export { executeRun, type ExecuteOptions } from "./runs/execute-run.ts";
export { type RunConfig, runDefaults } from "./runs/run-config.ts";
export type { RunEvent } from "./runs/run-event.ts";
export type { RunProblem, RunRecord, RunStage, RunState, StageRecord } from "./runs/run-record.ts";
export { listRuns, listTrained, readRun } from "./runs/run-store.ts";
export { nextVersion } from "./runs/stage-publish.ts";
export type {
  ModelTraining,
  RetrainReply,
  RetrainWish,
  ShownDataset,
  ShownDatasetDetails,
  ShownRun,
  TakenSample,
  Training,
  TrainingOptions,
  UploadedSample,
} from "./training.ts";
export { openWorker, type QueueWorker, type WorkerOptions } from "./queue/open-worker.ts";
export { readTrainSettings } from "./train-settings.ts";
