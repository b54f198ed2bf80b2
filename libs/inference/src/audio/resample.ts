import type { AudioClip } from "./audio-clip.ts";

/** Zero crossings of the sinc on each side, the share of the band that is kept, and the shape of Kaiser's window. */
export const resampleDefaults = { zeroCrossings: 24, rolloff: 0.945, beta: 9 } as const;

/** More phases than this are not told apart: 1/1024 of a sample is below the noise of 16 bits for what models hear. */
const MAX_PHASES = 1024;

/**
 * Brings a sound to another sample rate by a polyphase filter, a sinc under a Kaiser window. The first sample stays where
 * it is; there are `ceil(n · to / from)` samples.
 *
 * Source: Smith, "Digital Audio Resampling", CCRMA.
 */
export function resample(clip: AudioClip, sampleRate: number): AudioClip {
  const { samples, sampleRate: from } = clip;
  if (from === sampleRate) return clip;
  const divisor = greatestDivisor(from, sampleRate);
  const phases = Math.min(sampleRate / divisor, MAX_PHASES);
  const { taps, filters } = polyphaseFor(phases, Math.min(1, sampleRate / from));
  const half = taps / 2;
  const step = from / sampleRate;
  const result = new Float32Array(Math.ceil((samples.length * sampleRate) / from));
  for (let index = 0; index < result.length; index += 1) {
    const position = index * step;
    let whole = Math.floor(position);
    let phase = Math.round((position - whole) * phases);
    if (phase === phases) {
      phase = 0;
      whole += 1;
    }
    const filter = phase * taps;
    const start = whole - half + 1;
    const last = Math.min(taps, samples.length - start);
    let sum = 0;
    for (let tap = Math.max(0, -start); tap < last; tap += 1) {
      sum += (samples[start + tap] ?? 0) * (filters[filter + tap] ?? 0);
    }
    result[index] = sum;
  }
  return { sampleRate, samples: result };
}

interface Polyphase {
  /** Numbers of one filter. */
  readonly taps: number;
  /** Filter after filter. */
  readonly filters: Float32Array;
}

/** The filters that were needed last: sounds come in few rates. */
const known = new Map<string, Polyphase>();
const MAX_KNOWN = 4;

function polyphaseFor(phases: number, ratio: number): Polyphase {
  const key = `${phases} ${ratio}`;
  const found = known.get(key) ?? polyphase(phases, ratio);
  const [oldest] = known.keys();
  if (!known.has(key) && known.size === MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  known.set(key, found);
  return found;
}

/** One filter per phase, each of the same even length; every filter sums to 1, so that a constant stays one. */
function polyphase(phases: number, ratio: number): Polyphase {
  const { zeroCrossings, rolloff, beta } = resampleDefaults;
  const cutoff = ratio * rolloff;
  const half = Math.ceil(zeroCrossings / cutoff);
  const taps = half * 2;
  const filters = new Float32Array(phases * taps);
  const scale = bessel(beta);
  for (let phase = 0; phase < phases; phase += 1) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const time = tap - half + 1 - phase / phases;
      const window = bessel(beta * Math.sqrt(Math.max(0, 1 - (time / half) ** 2))) / scale;
      const value = sinc(time * cutoff) * window;
      filters[phase * taps + tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < taps; tap += 1) {
      const at = phase * taps + tap;
      filters[at] = (filters[at] ?? 0) / sum;
    }
  }
  return { taps, filters };
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** The modified Bessel function of the first kind and order 0, by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
