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
