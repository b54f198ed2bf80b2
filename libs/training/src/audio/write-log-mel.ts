import type { Tape } from "../step/tape.ts";

/** The spectrogram that YAMNet and its kin take (TensorFlow Hub's page of `yamnet/1`). */
export const melSettings = {
  sampleRate: 16_000,
  window: 400,
  hop: 160,
  fft: 512,
  bands: 64,
  lowHz: 125,
  highHz: 7_500,
  offset: 0.001,
  /** Frames of one patch, and from one patch to the next. */
  patch: 96,
  patchHop: 48,
} as const;

const { sampleRate, window, hop, fft, bands, lowHz, highHz, offset } = melSettings;
/** Samples of the first patch, and what each further one adds. */
const patchSamples = window + (melSettings.patch - 1) * hop;
const moreSamples = melSettings.patchHop * hop;

/**
 * Writes a log-mel spectrogram: `waveform` float32 `[samples]`, mono at 16 kHz, -1 to 1, becomes `[1, 1, frames, 64]`.
 * It is padded with silence to whole patches of 96 frames every 48, as YAMNet does.
 *
 * The Fourier transform is a convolution with cosines and sines, which the runtime computes from ranges when it loads:
 * three times faster than the operator STFT, and known to every opset.
 */
export function writeLogMel(tape: Tape, waveform: string): string {
  const int = (value: number): string => tape.ints([value]);
  const count = tape.op("Shape", [waveform]);
  const over = tape.op("Max", [tape.op("Sub", [count, int(patchSamples)]), int(0)]);
  const patches = tape.op("Div", [tape.op("Add", [over, int(moreSamples - 1)]), int(moreSamples)]);
  const whole = tape.op("Add", [tape.op("Mul", [patches, int(moreSamples)]), int(patchSamples)]);
  const missing = tape.op("Sub", [whole, count]);
  const padded = tape.op("Pad", [waveform, tape.op("Concat", [int(0), missing], { axis: 0 })]);
  const signal = tape.op("Reshape", [padded, tape.ints([1, 1, -1])]);
  const parts = ["Cos", "Sin"].map((wave) =>
    tape.op("Conv", [signal, writeBasis(tape, wave)], { strides: [hop], kernel_shape: [window] }),
  );
  const squares = parts.map((part) => tape.op("Mul", [part, part]));
  const magnitude = tape.op("Sqrt", [tape.op("Add", squares)]);
  const frames = tape.op("Transpose", [magnitude], { perm: [0, 2, 1] });
  const mel = tape.op("MatMul", [frames, tape.floats("mel", [fft / 2 + 1, bands], melWeights())]);
  const logs = tape.op("Log", [tape.op("Add", [mel, tape.scalar(offset)])]);
  return tape.op("Unsqueeze", [logs, tape.ints([1])]);
}

/** Writes `[257, 1, 400]`: waves of all frequencies of the transform under a periodic Hann window. */
function writeBasis(tape: Tape, wave: string): string {
  const range = (end: number): string =>
    tape.op("Range", [tape.scalar(0), tape.scalar(end), tape.scalar(1)]);
  const samples = tape.op("Reshape", [range(window), tape.ints([1, 1, window])]);
  const frequencies = tape.op("Reshape", [range(fft / 2 + 1), tape.ints([-1, 1, 1])]);
  // The remainder keeps the angle small and so exact in float32.
  const turns = tape.op("Mod", [tape.op("Mul", [samples, frequencies]), tape.scalar(fft)], {
    fmod: 1,
  });
  const waves = tape.op(wave, [tape.op("Mul", [turns, tape.scalar((2 * Math.PI) / fft)])]);
  const angle = tape.op("Mul", [samples, tape.scalar((2 * Math.PI) / window)]);
  const hann = tape.op("Sub", [
    tape.scalar(0.5),
    tape.op("Mul", [tape.op("Cos", [angle]), tape.scalar(0.5)]),
  ]);
  return tape.op("Mul", [waves, hann]);
}

const mel = (hertz: number): number => 1127 * Math.log(1 + hertz / 700);

/** Triangles on the mel scale, float32 `[257, 64]`. */
function melWeights(): Float32Array {
  const bins = fft / 2 + 1;
  const weights = new Float32Array(bins * bands);
  const step = (mel(highHz) - mel(lowHz)) / (bands + 1);
  for (let bin = 1; bin < bins; bin += 1) {
    const at = mel((bin * sampleRate) / fft);
    for (let band = 0; band < bands; band += 1) {
      const peak = mel(lowHz) + step * (band + 1);
      weights[bin * bands + band] = Math.max(0, 1 - Math.abs(at - peak) / step);
    }
  }
  return weights;
}

/**
 * Writes the patches of a spectrogram `[1, 1, frames, 64]` in the shape that a model takes: sizes 96 and 64 in either
 * order, 1 elsewhere, and any number of patches first. Frame 48 · i is the first of patch i.
 */
export function writePatches(tape: Tape, spectrogram: string, shape: readonly number[]): string {
  const { patch, patchHop } = melSettings;
  // Halves of a patch: each one after its neighbour is a whole patch.
  const halves = tape.op("Reshape", [spectrogram, tape.ints([-1, patchHop, bands])]);
  const slice = (from: number, to: number): string =>
    tape.op("Slice", [halves, tape.ints([from]), tape.ints([to]), tape.ints([0])]);
  const pairs = tape.op("Concat", [slice(0, -1), slice(1, 2 ** 31 - 1)], { axis: 1 });
  const turned = shape.indexOf(bands) < shape.indexOf(patch);
  const laid = turned ? tape.op("Transpose", [pairs], { perm: [0, 2, 1] }) : pairs;
  const dims = shape.map((size, axis) => (axis === 0 && shape.length > 2 ? -1 : size));
  return tape.op("Reshape", [laid, tape.ints(dims)]);
}
