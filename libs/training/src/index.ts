export { TrainingError, type TrainingErrorCode } from "./error.ts";
export { accuracy } from "./head/accuracy.ts";
export type { DenseLayer } from "./head/dense-layer.ts";
export { classify, type Head } from "./head/head.ts";
export type { LabelledRows } from "./head/labelled-rows.ts";
export { type HeadModelOptions, headToOnnx } from "./head/to-onnx.ts";
export { trainDefaults, trainHead, type TrainOptions } from "./head/train.ts";
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
export { type Random, seededRandom } from "./random.ts";
