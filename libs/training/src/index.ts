export { TrainingError, type TrainingErrorCode } from "./error.ts";
export { accuracy } from "./head/accuracy.ts";
export type { DenseLayer } from "./head/dense-layer.ts";
export { classify, type Head } from "./head/head.ts";
export type { LabelledRows } from "./head/labelled-rows.ts";
export { type HeadModelOptions, headToOnnx } from "./head/to-onnx.ts";
export { trainDefaults, trainHead, type TrainOptions } from "./head/train.ts";
export { type Random, seededRandom } from "./random.ts";
