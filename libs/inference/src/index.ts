export { InferenceError, type InferenceErrorCode } from "./error.ts";
export type { ModelsOptions } from "./host/models-options.ts";
export { openModels } from "./host/open-models.ts";
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
export { openPipeline, type PipelineOptions } from "./pipelines/open-pipeline.ts";
export type { Pipeline, Prepared } from "./pipelines/pipeline.ts";
export type { Detection, ModelOutput, Prediction } from "./prediction.ts";
export {
  inferenceDefaults,
  type BatchSettings,
  type ProcessSettings,
  type RestartSettings,
  type SessionSettings,
} from "./settings.ts";
export type { NamedTensor, TensorInfo, TensorType } from "./tensor.ts";
