export { type AudioClip, type AudioLimits, audioDefaults } from "./audio/audio-clip.ts";
export { audioFormat, decodeAudio } from "./audio/decode-audio.ts";
export { logMel, melDefaults, type MelPatches } from "./audio/log-mel.ts";
export { resample } from "./audio/resample.ts";
export { decodePicture, type RgbPicture } from "./image/decode-picture.ts";
export { fitPicture, type FitOptions, type FittedPicture } from "./image/fit-picture.ts";
export { pictureDefaults, type PictureLimits } from "./image/load-sharp.ts";
export type { PictureFit, Resize } from "./image/picture-fit.ts";
export { type PictureHeader, readPictureHeader } from "./image/picture-header.ts";
export { pictureTensor, type PictureTensorOptions } from "./image/picture-tensor.ts";
export { checkModelConfig } from "./check-model-config.ts";
export { InferenceError, type InferenceErrorCode } from "./error.ts";
export { createGolden, type CreateGoldenOptions } from "./golden/create-golden.ts";
export { type Golden, goldenTolerance, type GoldenTolerance } from "./golden/golden.ts";
export { compareOutputs } from "./golden/compare-outputs.ts";
export { goldenFromJson, goldenToJson } from "./golden/golden-json.ts";
export type { ModelsOptions } from "./host/models-options.ts";
export { openModels } from "./host/open-models.ts";
export { externalize, type ExternalizeOptions } from "./memory/externalize.ts";
export { memoryLimit } from "./memory/memory-limit.ts";
export type { ModelConfig } from "./model-config.ts";
export type { ModelFile, ModelFiles } from "./model-files.ts";
export type { ModelInput } from "./model-input.ts";
export type {
  ModelEvent,
  Models,
  ModelStatus,
  PredictOptions,
  SwapOptions,
  SwapResult,
  VersionState,
  VersionStatus,
} from "./models.ts";
export { decodeModel, encodeModel } from "./onnx/codec.ts";
export type {
  Attribute,
  Dimension,
  Graph,
  Int64,
  Model,
  Node,
  OperatorSet,
  StringEntry,
  Tensor,
  ValueInfo,
} from "./onnx/message.ts";
export { model, modelDefaults, type ModelOptions } from "./onnx/model.ts";
export { type AttributeValue, node } from "./onnx/node.ts";
export {
  type ElementType,
  elementType,
  float32Tensor,
  float32Values,
  int64Tensor,
} from "./onnx/tensor.ts";
export { valueInfo } from "./onnx/value-info.ts";
export { sigmoid, softmax } from "./pipelines/classification/softmax.ts";
export type { CustomModule } from "./pipelines/custom-pipeline.ts";
export {
  rectangleDetector,
  type RectangleDetectorOptions,
} from "./pipelines/demo/rectangle-detector.ts";
export { openPipeline, type PipelineOptions } from "./pipelines/open-pipeline.ts";
export type { Pipeline, Prepared } from "./pipelines/pipeline.ts";
export {
  chainStages,
  linkStages,
  type ModelStage,
  orderStages,
  type RunnableStage,
} from "./pipelines/stages.ts";
export { halfToNumber, numberToHalf } from "./pipelines/half.ts";
export { elementBytes, floatTensor, tensorValues } from "./pipelines/tensor-values.ts";
export type { Detection, ModelOutput, Prediction } from "./prediction.ts";
export {
  inferenceDefaults,
  type BatchSettings,
  type ProcessSettings,
  type RestartSettings,
  type SessionSettings,
} from "./settings.ts";
export type { NamedTensor, TensorInfo, TensorType } from "./tensor.ts";
export { classifyByKeywords, noCategory } from "./text/classify-by-keywords.ts";
export { hashNgrams, ngramDefaults, type NgramOptions } from "./text/hash-ngrams.ts";
