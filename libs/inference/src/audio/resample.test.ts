import { expect, test } from "@jest/globals";
import { resample } from "./resample.ts";

const tone = (hertz: number, sampleRate: number, seconds = 1): Float32Array =>
  Float32Array.from({ length: sampleRate * seconds }, (_, index) =>
    Math.sin((2 * Math.PI * hertz * index) / sampleRate),
  );

/** Signal over difference in decibels, away from the ends. */
function likeness(got: Float32Array, wanted: Float32Array): number {
  let [signal, noise] = [0, 0];
  for (let index = 500; index < wanted.length - 500; index += 1) {
    const value = wanted[index] ?? 0;
    signal += value ** 2;
    noise += ((got[index] ?? 0) - value) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

test("a tone keeps its pitch, its phase and its loudness at another rate", () => {
  for (const [from, to] of [
    [44_100, 16_000],
    [48_000, 16_000],
    [8000, 16_000],
    [22_050, 16_000],
    [11_025, 44_100],
    [44_101, 16_000],
  ] as const) {
    const { samples, sampleRate } = resample({ samples: tone(1000, from), sampleRate: from }, to);
    expect(sampleRate).toBe(to);
    expect(samples).toHaveLength(to);
    expect(likeness(samples, tone(1000, to))).toBeGreaterThan(55);
  }
});

test("what the lower rate cannot hold is gone, not folded back", () => {
  const { samples } = resample({ samples: tone(10_000, 44_100), sampleRate: 44_100 }, 16_000);
  expect(Math.max(...samples.subarray(500, -500).map(Math.abs))).toBeLessThan(0.002);
});

test("the same rate is the same sound, and none stays none", () => {
  const clip = { samples: tone(100, 16_000), sampleRate: 16_000 };
  expect(resample(clip, 16_000)).toBe(clip);
  expect(resample({ samples: new Float32Array(0), sampleRate: 8000 }, 16_000).samples).toHaveLength(
    0,
  );
});
