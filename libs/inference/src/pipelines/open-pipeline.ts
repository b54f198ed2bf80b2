import type { ModelMetadata } from "@plimsoll/manifest";
import { InferenceError } from "../error.ts";
import type { ModelConfig } from "../model-config.ts";
import type { NamedTensor, TensorInfo } from "../tensor.ts";
import { soundPipeline } from "./audio/sound-pipeline.ts";
import { picturePipeline } from "./classification/picture-pipeline.ts";
import { customPipeline } from "./custom-pipeline.ts";
import { detectionPipeline } from "./detection/detection-pipeline.ts";
import type { Pipeline } from "./pipeline.ts";
import { pipelineTask } from "./pipeline-task.ts";
import { tensorPipeline } from "./tensor-pipeline.ts";
import { isFiniteTensor } from "./tensor-values.ts";
import { textPipeline } from "./text/text-pipeline.ts";

/** What is known of a model version when its pipeline is chosen. */
export interface PipelineOptions {
  /** Inputs of the (first) ONNX file. */
  readonly inputs: readonly TensorInfo[];
  /** Outputs of the (last) ONNX file. */
  readonly outputs: readonly TensorInfo[];
  readonly metadata?: ModelMetadata;
  /** `metadata_props` of the ONNX file; of two files, both, the last one's winning. */
  readonly modelMetadata: Readonly<Record<string, string>>;
  readonly config: ModelConfig;
  /** Absolute path of a module with pre- and postprocessing; only from local configuration. */
  readonly custom?: string;
}

/**
 * The pipeline for a model, by its metadata's task, else by what its inputs and outputs look like. Tensors are always
 * taken too. Outputs that are not finite are refused before they are read.
 */
export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const plain = tensorPipeline(options.inputs, options.outputs);
  const special =
    options.custom === undefined
      ? specialPipeline(options)
      : await customPipeline(options.custom, options);
  return {
    accepts: special === undefined ? plain.accepts : [...special.accepts, ...plain.accepts],
    async prepare(input) {
      return (input.kind === "tensors" ? plain : (special ?? plain)).prepare(input);
    },
    finish(outputs, state, config, input) {
      checkFinite(outputs);
      const pipeline = input.kind === "tensors" ? plain : (special ?? plain);
      return pipeline.finish(outputs, state, config, input);
    },
  };
}

function specialPipeline(options: PipelineOptions): Pipeline | undefined {
  const [input, ...others] = options.inputs;
  if (input === undefined || others.length > 0) return undefined;
  switch (pipelineTask(options, input)) {
    case "object-detection":
      return detectionPipeline(options, input);
    case "image-classification":
      return picturePipeline(options, input);
    case "audio-classification":
      return soundPipeline(options, input);
    case "text-classification":
      return textPipeline(options, input);
    default:
      return undefined;
  }
}

function checkFinite(outputs: readonly NamedTensor[]): void {
  for (const output of outputs) {
    if (!isFiniteTensor(output)) {
      throw new InferenceError("E_OUTPUT", `output ${output.name}: a number is not finite`);
    }
  }
}
