import { wavFile } from "@plimsoll/testing";

/** A WAVE file of 16-bit mono samples, for tests: values from -1 to 1 by sample number. */
export function wave(seconds: number, value: (index: number) => number, rate = 16_000): Uint8Array {
  const samples = Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => value(i));
  return wavFile(samples, rate);
}

/** A tone of some hertz, a little different for every `variant`. */
export function tone(hertz: number, variant = 0, seconds = 0.5): Uint8Array {
  const phase = variant * 0.7;
  const level = 0.3 + (variant % 7) * 0.05;
  return wave(
    seconds,
    (index) =>
      level * Math.sin((2 * Math.PI * (hertz + (variant % 5)) * index) / 16_000 + phase) +
      0.01 * Math.sin(index * (variant + 1)),
  );
}
