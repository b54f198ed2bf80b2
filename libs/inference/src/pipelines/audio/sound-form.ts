import type { ModelInput as InputMetadata } from "@plimsoll/manifest";
import { melDefaults } from "../../audio/log-mel.ts";
import type { TensorInfo } from "../../tensor.ts";

/** What a model of sounds takes: samples, or patches of a log-mel spectrogram. */
export type SoundForm =
  | {
      readonly kind: "waveform";
      /** Samples of a window; undefined: any number. */
      readonly length?: number;
      /** Whether it takes several windows at once. */
      readonly batch: boolean;
    }
  | { readonly kind: "mel"; readonly transposed: boolean; readonly batch: boolean };

/** Inputs of fewer numbers are features, not samples; half a second of 16 kHz where no metadata speaks of sound. */
const MIN_SAMPLES = { declared: 400, guessed: 8000 } as const;

/**
 * Recognises the input of a sound model: `[n]` or `[1, n]` are samples, and sizes of 96 and 64 in that or the other
 * order, besides 1 and the number of patches, are mel patches. Undefined: something else.
 */
export function soundForm(
  { shape, type }: TensorInfo,
  metadata?: InputMetadata,
): SoundForm | undefined {
  if (type !== "FP32") return undefined;
  const { frames, bands } = melDefaults;
  const inner = shape.slice(1).filter((size) => size !== 1);
  const [a, b] = shape.length === 2 ? shape : inner;
  if ((shape.length >= 3 || metadata?.kind === "mel") && shape.length <= 4) {
    const batch = shape.length > 2 && (shape[0] ?? 1) < 0;
    if (a === frames && b === bands) return { kind: "mel", transposed: false, batch };
    if (a === bands && b === frames) return { kind: "mel", transposed: true, batch };
    if (shape.length >= 3) return undefined;
  }
  const isDeclared = metadata?.kind === "waveform" || metadata?.sample_rate !== undefined;
  const length = shape.at(-1) ?? -1;
  const first = shape.length === 2 ? (shape[0] ?? 1) : 1;
  if (shape.length < 1 || shape.length > 2 || first > 1) return undefined;
  if (length < 0) {
    const isSound = shape.length === 1 || isDeclared;
    return isSound ? { kind: "waveform", batch: false } : undefined;
  }
  if (length < (isDeclared ? MIN_SAMPLES.declared : MIN_SAMPLES.guessed)) return undefined;
  return { kind: "waveform", length, batch: first < 0 };
}
