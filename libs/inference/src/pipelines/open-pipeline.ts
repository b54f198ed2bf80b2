import type { ModelMetadata } from "@plimsoll/manifest";
import type { ModelConfig } from "../model-config.ts";
import type { TensorInfo } from "../tensor.ts";
import type { Pipeline } from "./pipeline.ts";
import { tensorPipeline } from "./tensor-pipeline.ts";

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

/** The pipeline for a model, by its metadata's task, else by what its inputs and outputs look like. */
export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  return Promise.resolve(tensorPipeline(options.inputs, options.outputs));
}
