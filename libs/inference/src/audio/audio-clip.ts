import { InferenceError } from "../error.ts";

/** A sound with one channel; several were averaged. */
export interface AudioClip {
  /** Hertz. */
  readonly sampleRate: number;
  /** -1 to 1, as the file has them: float files may go beyond. */
  readonly samples: Float32Array;
}

/** Limits of a sound. */
export interface AudioLimits {
  /** Bytes of the file. Default 26,214,400 (25 MiB). */
  readonly maxBytes?: number;
  /** Default 300. */
  readonly maxSeconds?: number;
}

export const audioDefaults = { maxBytes: 25 * 1024 * 1024, maxSeconds: 300 } as const;

/** Sample rates that are believed, in hertz, and the most channels. */
const RATES = { min: 1000, max: 384_000 } as const;
const MAX_CHANNELS = 32;

/** Throws `E_INPUT` unless a sound has a rate, a number of channels and a duration that can be dealt with. */
export function checkAudio(
  audio: { readonly sampleRate: number; readonly channels: number; readonly samples: number },
  limits: AudioLimits,
): void {
  const { sampleRate, channels, samples } = audio;
  const { maxSeconds = audioDefaults.maxSeconds } = limits;
  if (!(sampleRate >= RATES.min && sampleRate <= RATES.max)) {
    throw new InferenceError("E_INPUT", `the sound's sample rate is ${sampleRate} Hz`);
  }
  if (!(channels >= 1 && channels <= MAX_CHANNELS)) {
    throw new InferenceError("E_INPUT", `the sound has ${channels} channels`);
  }
  if (samples > maxSeconds * sampleRate) {
    throw new InferenceError("E_INPUT", `the sound is longer than ${maxSeconds} seconds`);
  }
}

/** Channels averaged into one. */
export function mixDown(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0), ...others] = channels;
  if (others.length === 0) return first;
  return first.map((value, index) => {
    let sum = value;
    for (const other of others) sum += other[index] ?? 0;
    return sum / channels.length;
  });
}
