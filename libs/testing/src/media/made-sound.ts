import { dice } from "./dice.ts";
import { wavFile } from "./wav-file.ts";

/** Classes of sounds that can be made. */
export const soundClasses = [
  "alarm",
  "bell",
  "chirp",
  "clicks",
  "drone",
  "engine",
  "hiss",
  "rumble",
  "sweep",
  "tone",
] as const;

export type SoundClass = (typeof soundClasses)[number];

/** Of one sound: what stays the same from sample to sample. */
interface Voice {
  /** Hertz. */
  readonly pitch: number;
  /** 0 to 1, twice, for whatever a class varies. */
  readonly a: number;
  readonly b: number;
  readonly random: () => number;
}

const wave = (phase: number): number => Math.sin(2 * Math.PI * phase);

/** What each class is at a time in seconds, about -1 to 1. Generators keep state between samples. */
const makers: Readonly<Record<SoundClass, (voice: Voice) => (time: number) => number>> = {
  alarm: ({ pitch, a }) => {
    const rate = 2 + 4 * a;
    return (time) => wave(time * pitch * ((time * rate) % 1 < 0.5 ? 2 : 3));
  },
  bell: ({ pitch, a }) => {
    const every = 0.7 + 0.6 * a;
    return (time) => {
      const since = time % every;
      return Math.exp(-5 * since) * (wave(time * pitch * 2) + 0.6 * wave(time * pitch * 5.4)) * 0.6;
    };
  },
  chirp: ({ pitch, a }) => {
    const every = 0.15 + 0.15 * a;
    return (time) => {
      const since = time % every;
      const inside = since < 0.08;
      return inside
        ? wave((pitch * 6 + 12_000 * since) * since) * Math.sin((Math.PI * since) / 0.08)
        : 0;
    };
  },
  clicks: ({ a, random }) => {
    const rate = 4 + 10 * a;
    let last = -1;
    let level = 0;
    return (time) => {
      const beat = Math.floor(time * rate);
      if (beat !== last) level = 0.6 + 0.4 * random();
      last = beat;
      level *= 0.985;
      return level * (random() * 2 - 1);
    };
  },
  drone:
    ({ pitch, a }) =>
    (time) =>
      0.5 * (wave(time * pitch) + wave(time * pitch * (1.01 + 0.01 * a)) * 0.8),
  engine: ({ pitch, a, random }) => {
    const turn = 12 + 18 * a;
    return (time) => {
      const pulse = Math.exp(-((time * turn) % 1) * 6);
      return (
        pulse * (0.5 * wave(time * pitch * 0.5) + 0.5 * (random() - 0.5) + 0.4 * wave(time * pitch))
      );
    };
  },
  hiss: ({ random }) => {
    let before = 0;
    return () => {
      const now = random() * 2 - 1;
      const high = now - 0.7 * before;
      before = now;
      return high * 0.5;
    };
  },
  rumble: ({ random, a }) => {
    let low = 0;
    const keep = 0.97 + 0.02 * a;
    return () => {
      low = low * keep + (random() * 2 - 1) * (1 - keep);
      return low * 7;
    };
  },
  sweep: ({ pitch, a }) => {
    const every = 1 + a;
    return (time) => {
      const since = time % every;
      return 0.8 * wave(pitch * since + (pitch * 3 * since * since) / every);
    };
  },
  tone:
    ({ pitch }) =>
    (time) =>
      0.7 * wave(time * pitch * 2) + 0.1 * wave(time * pitch * 6),
};

/** A made sound as a WAV file: the same class, seed and options give the same bytes, another seed another sound. */
export function madeSound(
  name: SoundClass,
  seed: number,
  options: { readonly seconds?: number; readonly sampleRate?: number } = {},
): Uint8Array {
  const { seconds = 2, sampleRate = 16_000 } = options;
  const random = dice(seed * soundClasses.length + soundClasses.indexOf(name));
  const voice = { pitch: 110 * 2 ** (random() * 2.5), a: random(), b: random(), random };
  const at = makers[name](voice);
  const loudness = 0.15 + 0.7 * random();
  const noise = 0.004 + 0.05 * random() * loudness;
  const start = random() * 2;
  const samples = Float32Array.from(
    { length: Math.round(seconds * sampleRate) },
    (_, i) => loudness * at(start + i / sampleRate) + noise * (random() * 2 - 1),
  );
  return wavFile(samples, sampleRate);
}
