import type { Random } from "../random.ts";
import { stretch } from "./wsola.ts";

/** How a copy of a sound may differ. */
export const clipChanges = {
  /** Share of the length by which it is turned round. */
  shift: 0.3,
  /** Decibels of signal over noise, at least. */
  noiseDb: 20,
  /** Decibels either way. */
  gainDb: 6,
  /** Semitones either way. */
  pitch: 1.5,
  /** Share by which it is made longer or shorter. */
  stretch: 0.12,
} as const;

/** A changed copy of mono samples -1 to 1: one or two of shift, noise, gain, pitch and stretch, each by a random amount. */
export function augmentClip(samples: Float32Array, random: Random): Float32Array {
  const kinds = ["shift", "noise", "gain", "pitch", "stretch"] as const;
  const first = random.below(kinds.length);
  const second = random.below(kinds.length);
  let changed = change(samples, kinds[first] ?? "shift", random);
  if (second !== first) changed = change(changed, kinds[second] ?? "shift", random);
  return changed;
}

function change(
  samples: Float32Array,
  kind: "shift" | "noise" | "gain" | "pitch" | "stretch",
  random: Random,
): Float32Array {
  const spread = (most: number): number => (random.uniform() * 2 - 1) * most;
  switch (kind) {
    case "shift":
      return turned(samples, Math.round(spread(clipChanges.shift) * samples.length));
    case "noise":
      return noisy(samples, clipChanges.noiseDb + random.uniform() * 20, random);
    case "gain": {
      const factor = 10 ** (spread(clipChanges.gainDb) / 20);
      return samples.map((each) => Math.min(Math.max(each * factor, -1), 1));
    }
    case "pitch": {
      // Longer by WSOLA, then read faster: as long as before, and higher.
      const ratio = 2 ** (spread(clipChanges.pitch) / 12);
      return readAt(stretch(samples, ratio), samples.length);
    }
    case "stretch":
      return stretch(samples, 1 + spread(clipChanges.stretch));
  }
}

function turned(samples: Float32Array, by: number): Float32Array {
  const start = ((by % samples.length) + samples.length) % samples.length;
  const output = new Float32Array(samples.length);
  output.set(samples.subarray(samples.length - start), 0);
  output.set(samples.subarray(0, samples.length - start), start);
  return output;
}

function noisy(samples: Float32Array, signalOverNoiseDb: number, random: Random): Float32Array {
  const power = samples.reduce((sum, each) => sum + each * each, 0) / Math.max(1, samples.length);
  const deviation = Math.sqrt(power / 10 ** (signalOverNoiseDb / 10));
  // The sum of three uniform draws has a quarter of variance 1.
  return samples.map(
    (each) => each + (random.uniform() + random.uniform() + random.uniform() - 1.5) * 2 * deviation,
  );
}

/** `length` samples spread evenly over all of `samples`, between two neighbours along a cubic (Catmull and Rom). */
function readAt(samples: Float32Array, length: number): Float32Array {
  const output = new Float32Array(length);
  const step = samples.length / length;
  const last = samples.length - 1;
  for (let i = 0; i < length; i += 1) {
    const at = i * step;
    const left = Math.min(Math.floor(at), last);
    const f = at - left;
    const p0 = samples[Math.max(0, left - 1)] as number;
    const p1 = samples[left] as number;
    const p2 = samples[Math.min(left + 1, last)] as number;
    const p3 = samples[Math.min(left + 2, last)] as number;
    output[i] =
      p1 +
      0.5 * f * (p2 - p0 + f * (2 * p0 - 5 * p1 + 4 * p2 - p3 + f * (3 * (p1 - p2) + p3 - p0)));
  }
  return output;
}
