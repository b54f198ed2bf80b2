import { expect, test } from "@jest/globals";
import { logMel, melDefaults } from "./log-mel.ts";
import { magnitudeSpectrum } from "./magnitude-spectrum.ts";

test("magnitudes are those of the defining sum", () => {
  const values = Float64Array.from({ length: 64 }, (_, index) => Math.sin(index * index));
  const expected = Array.from({ length: 33 }, (_, bin) => {
    let [real, imaginary] = [0, 0];
    values.forEach((value, index) => {
      real += value * Math.cos((2 * Math.PI * bin * index) / 64);
      imaginary -= value * Math.sin((2 * Math.PI * bin * index) / 64);
    });
    return expect.closeTo(Math.hypot(real, imaginary), 9);
  });
  expect([...magnitudeSpectrum(values)]).toEqual(expected);
});

test("lengths give the patches that YAMNet's own padding gives", () => {
  for (const [samples, patches] of [
    [100, 1],
    [15_600, 1],
    [15_601, 2],
    [80_000, 10],
    [160_000, 20],
  ] as const) {
    const mel = logMel(new Float32Array(samples));
    expect(mel.patches).toBe(patches);
    expect(mel.values).toHaveLength(patches * 96 * 64);
  }
});

test("silence is the logarithm of the offset", () => {
  const { values } = logMel(new Float32Array(16_000));
  expect(new Set(values)).toEqual(new Set([Math.fround(Math.log(0.001))]));
});

test("a tone is loudest in the band around it, as loud as the window's gain says", () => {
  const { sampleRate, bands, lowHz, highHz } = melDefaults;
  const samples = Float32Array.from({ length: 15_600 }, (_, index) =>
    Math.sin((2 * Math.PI * 1000 * index) / sampleRate),
  );
  const row = [...logMel(samples).values.subarray(10 * bands, 11 * bands)];
  const mel = (hertz: number): number => 1127 * Math.log(1 + hertz / 700);
  const band = (mel(1000) - mel(lowHz)) / ((mel(highHz) - mel(lowHz)) / (bands + 1)) - 1;
  expect(Math.abs(row.indexOf(Math.max(...row)) - band)).toBeLessThan(1);
  // Half the sum of the window is 100 for a tone of amplitude 1.
  expect(Math.exp(Math.max(...row))).toBeGreaterThan(60);
  expect(Math.exp(Math.max(...row))).toBeLessThan(200);
});

test("the second patch begins 48 windows later", () => {
  const samples = Float32Array.from({ length: 15_600 + 7680 }, (_, index) =>
    Math.sin(index ** 1.3),
  );
  const { values } = logMel(samples);
  expect([...values.subarray(96 * 64, 96 * 64 + 64)]).toEqual([
    ...values.subarray(48 * 64, 49 * 64),
  ]);
});
