import { InferenceError } from "../../error.ts";
import { fitPicture } from "../../image/fit-picture.ts";
import { pictureInput } from "../../image/picture-input.ts";
import { pictureTensor } from "../../image/picture-tensor.ts";
import type { TensorInfo } from "../../tensor.ts";
import type { PipelineOptions } from "../open-pipeline.ts";
import type { Pipeline } from "../pipeline.ts";
import { classifier } from "./classify.ts";

/** Pixels of both sides where a model takes any size and nothing names one. */
const DEFAULT_SIZE = 224;

/**
 * A picture in, one class out. Stretched into the model's size unless the metadata says otherwise; an Ultralytics export gets
 * the middle, as it was trained.
 */
export function picturePipeline(options: PipelineOptions, picture: TensorInfo): Pipeline {
  const { metadata, modelMetadata } = options;
  const spec = pictureInput(picture, metadata?.input, {
    size: DEFAULT_SIZE,
    resize: modelMetadata["task"] === "classify" ? "crop" : "stretch",
    modelMetadata,
  });
  const classify = classifier(options);
  return {
    accepts: ["image"],
    async prepare(input) {
      if (input.kind !== "image") {
        throw new InferenceError("E_MEDIA", `this model takes pictures, got ${input.kind}`);
      }
      const fitted = await fitPicture(input.bytes, spec);
      return { feeds: [pictureTensor(fitted, spec)], state: undefined };
    },
    finish: (outputs, _state, config, input) => {
      const confidence = input.kind === "image" ? input.confidence : undefined;
      return classify(
        outputs,
        confidence === undefined ? config : { ...config, confidence_threshold: confidence },
      );
    },
  };
}
