import { InferenceError } from "../../error.ts";
import { fitPicture, type FittedPicture } from "../../image/fit-picture.ts";
import { pictureInput } from "../../image/picture-input.ts";
import { pictureTensor } from "../../image/picture-tensor.ts";
import type { ModelConfig } from "../../model-config.ts";
import type { Detection } from "../../prediction.ts";
import type { TensorInfo } from "../../tensor.ts";
import { labelOf, modelLabels } from "../labels.ts";
import type { PipelineOptions } from "../open-pipeline.ts";
import type { Pipeline } from "../pipeline.ts";
import type { Candidate } from "./candidate.ts";
import { readCandidates } from "./read-candidates.ts";
import { suppress } from "./suppress.ts";

/** What `config.json` leaves open. */
export const detectionDefaults = { confidence: 0.25, iou: 0.45, size: 640 } as const;

/** A picture in, boxes out, in pixels of the original picture after EXIF rotation. Output: see `readCandidates`. */
export function detectionPipeline(options: PipelineOptions, picture: TensorInfo): Pipeline {
  const { metadata, modelMetadata } = options;
  const spec = pictureInput(picture, metadata?.input, {
    size: detectionDefaults.size,
    resize: "letterbox",
    modelMetadata,
  });
  const labels = modelLabels(options);
  const boxes = options.outputs.find(({ shape }) => shape.length === 3)?.name;
  return {
    accepts: ["image"],
    async prepare(input) {
      if (input.kind !== "image") {
        throw new InferenceError("E_MEDIA", `this model takes pictures, got ${input.kind}`);
      }
      const fitted = await fitPicture(input.bytes, spec);
      const state: Pick<FittedPicture, "fit" | "original"> = fitted;
      return {
        feeds: [pictureTensor(fitted, spec)],
        state: { fit: state.fit, original: state.original },
      };
    },
    finish(outputs, state, config, input) {
      const { fit, original } = state as Pick<FittedPicture, "fit" | "original">;
      const output = outputs.find(({ name }) => name === boxes) ?? outputs[0];
      if (output === undefined) throw new InferenceError("E_OUTPUT", "the model gave no output");
      const asked = input.kind === "image" ? input.confidence : undefined;
      const candidates = readCandidates(output, {
        classes: labels.length > 0 ? labels.length : (config.labels?.length ?? 0),
        threshold: (classId) => asked ?? thresholdOf(labelOf(classId, config, labels), config),
      });
      const kept = suppress(candidates, config.iou_threshold ?? detectionDefaults.iou);
      const clamp = (value: number, max: number): number => Math.min(Math.max(value, 0), max);
      const place = ({ classId, confidence, ...box }: Candidate): Detection => ({
        class: labelOf(classId, config, labels),
        classId,
        confidence: Math.min(confidence, 1),
        box: {
          x1: clamp((box.x1 - fit.offsetX) / fit.scaleX, original.width),
          y1: clamp((box.y1 - fit.offsetY) / fit.scaleY, original.height),
          x2: clamp((box.x2 - fit.offsetX) / fit.scaleX, original.width),
          y2: clamp((box.y2 - fit.offsetY) / fit.scaleY, original.height),
        },
      });
      return { kind: "detections", detections: kept.map(place), image: original };
    },
  };
}

function thresholdOf(label: string, config: ModelConfig): number {
  return (
    config.class_thresholds?.[label] ?? config.confidence_threshold ?? detectionDefaults.confidence
  );
}
