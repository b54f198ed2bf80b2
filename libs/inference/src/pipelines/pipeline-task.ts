import type { Task } from "@plimsoll/manifest";
import { takesPicture } from "../image/picture-input.ts";
import type { TensorInfo } from "../tensor.ts";
import { soundForm } from "./audio/sound-form.ts";
import type { PipelineOptions } from "./open-pipeline.ts";
import { takesText } from "./text/text-pipeline.ts";

/** Words that exporters put into the ONNX file's `task`. */
const exported: Readonly<Record<string, Task>> = {
  detect: "object-detection",
  segment: "object-detection",
  classify: "image-classification",
};

/**
 * What a model with one input is for: as its metadata says, else its file, else by shape. Strings are a text; a picture
 * with an output of rank 3 is a detection, else a classification; `[n]`, `[1, n]` from 8,000 samples on or a patch of 96
 * × 64 is a sound.
 */
export function pipelineTask(options: PipelineOptions, input: TensorInfo): Task {
  const { metadata, modelMetadata, outputs } = options;
  const word = modelMetadata["task"];
  const declared = metadata?.task ?? (word === undefined ? undefined : (exported[word] ?? word));
  switch (declared) {
    case "object-detection":
    case "image-classification":
    case "audio-classification":
    case "text-classification":
    case "tensor":
      return declared;
    default:
  }
  if (takesText(input)) return "text-classification";
  if (soundForm(input, metadata?.input) !== undefined) return "audio-classification";
  if (!takesPicture(input)) return "tensor";
  const isDetector = outputs.some(({ shape }) => shape.length === 3);
  return isDetector ? "object-detection" : "image-classification";
}
