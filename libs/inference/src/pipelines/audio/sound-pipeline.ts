import { decodeAudio } from "../../audio/decode-audio.ts";
import { logMel, melDefaults, patchSamples } from "../../audio/log-mel.ts";
import { resample } from "../../audio/resample.ts";
import { InferenceError } from "../../error.ts";
import type { NamedTensor, TensorInfo } from "../../tensor.ts";
import { classifier } from "../classification/classify.ts";
import type { PipelineOptions } from "../open-pipeline.ts";
import type { Pipeline } from "../pipeline.ts";
import { floatTensor } from "../tensor-values.ts";
import { loudestSamples, type Padding, padSamples, windowsOf } from "./fit-samples.ts";
import { type SoundForm, soundForm } from "./sound-form.ts";

/** A model sees at most this much of a sound, the loudest part: memory grows with it and does not shrink again. */
export const soundDefaults = { maxSeconds: 30 } as const;

/**
 * A sound in, one class out. It becomes one channel in the metadata's `sample_rate` (16 kHz where none is named). A model
 * of samples takes
 *
 * - any number: the whole sound, at least 0.975 seconds, and with `input.duration` just as long as that;
 * - `[-1, n]`: windows of n half a window apart, whose answers are averaged;
 * - `[n]` or `[1, n]`: the loudest n.
 *
 * What is too short gets zeros behind it, or is repeated where `input.padding` is `loop`. A model of mel patches takes
 * what `logMel` gives: all patches where its first size is open, else the loudest. Rows of the answer are averaged.
 *
 * @throws InferenceError `E_MODEL` for an input that is no sound.
 */
export function soundPipeline(options: PipelineOptions, sound: TensorInfo): Pipeline {
  const input = options.metadata?.input;
  const form = soundForm(sound, input);
  if (form === undefined) {
    throw new InferenceError(
      "E_MODEL",
      `input ${sound.name}: a sound model takes float32 samples [n], [1, n] or mel patches [n, 96, 64], not ${sound.type} [${sound.shape.join(", ")}]`,
    );
  }
  const classify = classifier(options);
  const padding: Padding = input?.["padding"] === "loop" ? "loop" : "zero";
  const rate =
    form.kind === "mel"
      ? melDefaults.sampleRate
      : (input?.sample_rate ??
        (Number(options.modelMetadata["sample_rate"]) || melDefaults.sampleRate));
  const duration = input?.duration === undefined ? undefined : Math.round(input.duration * rate);
  return {
    accepts: ["audio"],
    async prepare(request) {
      if (request.kind !== "audio") {
        throw new InferenceError("E_MEDIA", `this model takes sounds, got ${request.kind}`);
      }
      const clip = resample(await decodeAudio(request.bytes), Math.round(rate));
      const samples = loudestSamples(clip.samples, Math.round(soundDefaults.maxSeconds * rate));
      const feed =
        form.kind === "mel"
          ? melTensor(sound, form, samples, padding)
          : waveTensor(sound, form, samples, { padding, ...(duration && { duration }) });
      return { feeds: [feed], state: undefined };
    },
    finish: (outputs, _state, config) => classify(outputs, config),
  };
}

type Form<Kind> = Extract<SoundForm, { readonly kind: Kind }>;

function waveTensor(
  info: TensorInfo,
  form: Form<"waveform">,
  samples: Float32Array,
  options: { readonly padding: Padding; readonly duration?: number },
): NamedTensor {
  const { padding, duration } = options;
  const tensor = (rows: number, values: Float32Array): NamedTensor => {
    const length = values.length / rows;
    return floatTensor(info.name, info.shape.length === 1 ? [length] : [rows, length], values);
  };
  const length = form.length ?? duration;
  if (length === undefined) return tensor(1, padSamples(samples, patchSamples, padding));
  if (form.batch) {
    const { count, values } = windowsOf(samples, length, padding);
    return tensor(count, values);
  }
  return tensor(1, padSamples(loudestSamples(samples, length), length, padding).slice());
}

function melTensor(
  info: TensorInfo,
  form: Form<"mel">,
  samples: Float32Array,
  padding: Padding,
): NamedTensor {
  const { frames, bands } = melDefaults;
  const part = form.batch ? samples : loudestSamples(samples, patchSamples);
  const { patches, values } = logMel(padSamples(part, patchSamples, padding));
  const size = frames * bands;
  const oriented = form.transposed
    ? values.map((_, index) => {
        const [patch, rest] = [Math.floor(index / size), index % size];
        const [band, frame] = [Math.floor(rest / frames), rest % frames];
        return values[patch * size + frame * bands + band] ?? 0;
      })
    : values;
  const shape =
    info.shape.length === 2
      ? info.shape
      : info.shape.map((length, axis) => (axis === 0 && length < 0 ? patches : Math.abs(length)));
  return floatTensor(info.name, shape, oriented);
}
