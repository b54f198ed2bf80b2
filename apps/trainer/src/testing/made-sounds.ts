import { wavFile } from "@plimsoll/testing";
import { seededRandom, type Random } from "@plimsoll/training";

const rate = 16_000;

/** Value of a sound, -1 to 1, at a sample number. */
type Sound = (index: number) => number;

const sine = (hertz: number, index: number): number =>
  Math.sin((2 * Math.PI * hertz * index) / rate);

/** Ten kinds of sound; each call of a maker gives another one of its kind. */
export const soundMakers: Readonly<Record<string, (random: Random) => Sound>> = {
  tone_low: (random) => {
    const hertz = 200 + 80 * random.uniform();
    return (index) => 0.5 * sine(hertz, index);
  },
  tone_high: (random) => {
    const hertz = 1800 + 500 * random.uniform();
    return (index) => 0.5 * sine(hertz, index);
  },
  chirp_up: (random) => {
    const slope = 900 + 500 * random.uniform();
    return (index) => 0.5 * sine(300 + slope * ((index % rate) / rate), index % rate);
  },
  chirp_down: (random) => {
    const slope = 800 + 300 * random.uniform();
    return (index) => 0.5 * sine(2600 - slope * ((index % rate) / rate), index % rate);
  },
  noise: (random) => {
    const level = 0.2 + 0.3 * random.uniform();
    return () => level * (2 * random.uniform() - 1);
  },
  bursts: (random) => {
    const every = 5000 + random.below(2000);
    return (index) => (index % every < 1200 ? 0.7 * (2 * random.uniform() - 1) : 0);
  },
  clicks: (random) => {
    const every = 1000 + random.below(600);
    return (index) => (index % every < 12 ? 0.9 : 0);
  },
  engine: (random) => {
    const hertz = 60 + 30 * random.uniform();
    return (index) =>
      0.25 * [1, 2, 3, 4, 5, 6, 7].reduce((sum, k) => sum + sine(hertz * k, index) / k, 0);
  },
  siren: (random) => {
    const depth = 60 + 40 * random.uniform();
    return (index) => 0.5 * Math.sin((2 * Math.PI * 900 * index) / rate + depth * sine(2, index));
  },
  square: (random) => {
    const hertz = 450 + 120 * random.uniform();
    return (index) => (sine(hertz, index) > 0 ? 0.4 : -0.4);
  },
};

/** One sound of a class as a WAVE file, 16 bit mono at 16 kHz, with some noise; the same for the same number. */
export function madeSound(label: string, number: number, seconds = 1): Uint8Array {
  const make = soundMakers[label];
  if (make === undefined) throw new Error(`${label}: no maker of such sounds`);
  const random = seededRandom(number * 7919 + label.length * 104_729 + label.charCodeAt(0));
  const sound = make(random);
  const offset = random.below(8000);
  const samples = Float32Array.from(
    { length: Math.round(seconds * rate) },
    (_, index) => sound(index + offset) + 0.02 * (2 * random.uniform() - 1),
  );
  return wavFile(samples, rate);
}
