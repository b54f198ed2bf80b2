export type { Backbone, BackboneFacts, BackboneInput } from "./backbone/backbone.ts";
export { readBackbone, writeBackbone } from "./backbone/backbone-file.ts";
export { chooseBackbone } from "./backbone/choose-backbone.ts";
export { type Split, splitSamples, type SplitOptions } from "./dataset/split.ts";
export {
  evaluateVersion,
  type EvaluateOptions,
  type Evaluation,
} from "./evaluate/evaluate-version.ts";
export { exportModel, type ExportOptions } from "./export/export-model.ts";
export {
  extractFeatures,
  type FeatureJob,
  type FeatureResult,
} from "./features/extract-features.ts";
export { fitHead, type FitHeadOptions, type FittedHead } from "./head/fit-head.ts";
export type { Problem } from "./dataset/problem.ts";
export type { Sample } from "./dataset/sample.ts";
export { TrainingError, type TrainingErrorCode } from "./error.ts";
export { checkGate, gateDefaults, type GateResult } from "./evaluate/gate.ts";
export {
  type Answer,
  type ClassMetrics,
  computeMetrics,
  type Metrics,
  type ReliabilityBin,
} from "./evaluate/metrics.ts";
export { accuracy } from "./head/accuracy.ts";
export type { DenseLayer } from "./head/dense-layer.ts";
export { classify, type Head } from "./head/head.ts";
export type { LabelledRows } from "./head/labelled-rows.ts";
export { type HeadModelOptions, headToOnnx } from "./head/to-onnx.ts";
export { trainDefaults, trainHead, type TrainOptions } from "./head/train.ts";
export { type Random, seededRandom } from "./random.ts";
export { type FeatureWork, planFeatures } from "./run/plan-features.ts";
export { trainModelDefaults } from "./run/settings.ts";
export type { Stage, TrainProgress } from "./run/progress.ts";
export type {
  BackboneSource,
  GateOptions,
  TrainingTask,
  TrainModelOptions,
} from "./run/train-options.ts";
export type { EpochFigures, TrainedModel } from "./run/trained-model.ts";
export { trainModel } from "./train-model.ts";
