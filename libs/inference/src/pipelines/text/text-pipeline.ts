import { InferenceError } from "../../error.ts";
import type { NamedTensor, TensorInfo } from "../../tensor.ts";
import { classifyByKeywords } from "../../text/classify-by-keywords.ts";
import { hashNgrams, ngramDefaults } from "../../text/hash-ngrams.ts";
import { classifier } from "../classification/classify.ts";
import type { PipelineOptions } from "../open-pipeline.ts";
import type { Pipeline } from "../pipeline.ts";
import { floatTensor } from "../tensor-values.ts";

/** Limits of a text. */
export const textDefaults = { maxCharacters: 100_000 } as const;

/** Whether an input takes texts as they are. */
export const takesText = ({ type }: TensorInfo): boolean => type === "BYTES";

/**
 * A text in, one class out. An input of strings takes the text itself; one of float32 `[…, size]` takes `hashNgrams` of
 * it, with `metadata.input.ngrams` `[shortest, longest]`, else the ONNX file's `ngrams`, else the defaults. Where
 * `config.categories` has a keyword that occurs in the text, the categories answer instead of the weights.
 *
 * @throws InferenceError `E_MODEL` for an input that is neither.
 */
export function textPipeline(options: PipelineOptions, text: TensorInfo): Pipeline {
  const classify = classifier(options);
  const feed = feeder(options, text);
  return {
    accepts: ["text"],
    prepare: (input) =>
      Promise.resolve().then(() => {
        if (input.kind !== "text") {
          throw new InferenceError("E_MEDIA", `this model takes texts, got ${input.kind}`);
        }
        checkText(input.text);
        return { feeds: [feed(input.text)], state: undefined };
      }),
    finish(outputs, _state, config, input) {
      if (input.kind === "text" && config.categories !== undefined) {
        const byKeywords = classifyByKeywords(input.text, config.categories);
        if (byKeywords.kind === "classification" && byKeywords.confidence > 0) return byKeywords;
      }
      return classify(outputs, config);
    },
  };
}

/** @throws InferenceError `E_INPUT` for an empty text, and one that is too long. */
export function checkText(text: string): void {
  const { maxCharacters } = textDefaults;
  if (text.trim() === "") throw new InferenceError("E_INPUT", "the text is empty");
  if (text.length > maxCharacters) {
    throw new InferenceError(
      "E_INPUT",
      `the text has ${text.length} characters; at most ${maxCharacters} are taken`,
    );
  }
}

function feeder(options: PipelineOptions, info: TensorInfo): (text: string) => NamedTensor {
  const { name, type } = info;
  const shape = info.shape.map((size) => (size < 0 ? 1 : size));
  if (takesText(info) && shape.every((size) => size === 1)) {
    return (text) => ({ name, type, shape, data: [text] });
  }
  const size = info.shape.at(-1) ?? -1;
  if (type !== "FP32" || size < 1 || shape.slice(0, -1).some((each) => each !== 1)) {
    throw new InferenceError(
      "E_MODEL",
      `input ${name}: a text model takes one string, or float32 [1, size], not ${type} [${info.shape.join(", ")}]`,
    );
  }
  const lengths = ngramLengths(options);
  return (text) => floatTensor(name, shape, hashNgrams(text, { size, lengths }));
}

function ngramLengths({ metadata, modelMetadata }: PipelineOptions): readonly [number, number] {
  const declared = metadata?.input?.["ngrams"];
  const numbers = Array.isArray(declared)
    ? declared.map(Number)
    : (modelMetadata["ngrams"]?.match(/\d+/g) ?? []).map(Number);
  const [shortest = 0, longest = shortest] = numbers;
  const usable = shortest >= 1 && longest >= shortest && longest <= 20;
  return usable ? [shortest, longest] : ngramDefaults.lengths;
}
