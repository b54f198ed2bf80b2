import { expect, jest, test } from "@jest/globals";
import { seededRandom } from "../random.ts";
import { augmentClip } from "./augment-clip.ts";
import { stretch } from "./wsola.ts";

jest.setTimeout(60_000);

const rate = 16_000;
const tone = (hertz: number, seconds: number): Float32Array =>
  Float32Array.from(
    { length: rate * seconds },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate),
  );

/** Hertz, by counting upward crossings of zero in the middle half. */
function pitchOf(samples: Float32Array): number {
  const from = Math.floor(samples.length / 4);
  const to = Math.floor((samples.length * 3) / 4);
  let crossings = 0;
  for (let i = from; i < to; i += 1) {
    if ((samples[i - 1] as number) < 0 && (samples[i] as number) >= 0) crossings += 1;
  }
  return (crossings * rate) / (to - from);
}

test.each([0.85, 1.2])("stretched by %d a tone is longer or shorter, its pitch stays", (factor) => {
  const before = tone(440, 1);
  const after = stretch(before, factor);
  expect(after).toHaveLength(Math.round(before.length * factor));
  expect(Math.abs(pitchOf(after) - 440)).toBeLessThan(10);
  const loudest = after.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  expect(loudest).toBeGreaterThan(0.4);
  expect(loudest).toBeLessThan(0.6);
});

test("a sound shorter than a block is stretched too", () => {
  expect(stretch(tone(440, 1).subarray(0, 100), 1.5)).toHaveLength(150);
});

test("the same seed gives the same copy; copies differ from the sound and each other", () => {
  const clip = tone(300, 0.2);
  const copies = (seed: number): Float32Array[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 8 }, () => augmentClip(clip, random));
  };
  expect(copies(1)).toEqual(copies(1));
  const distinct = new Set(copies(1).map((each) => [...each.subarray(0, 50)].join()));
  expect(distinct.size).toBe(8);
  for (const copy of copies(2)) {
    expect(copy.every(Number.isFinite)).toBe(true);
    expect(copy.length / clip.length).toBeGreaterThan(0.8);
    expect(copy.length / clip.length).toBeLessThan(1.2);
  }
});
