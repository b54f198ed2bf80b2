import { magnitudeSpectrum } from "./magnitude-spectrum.ts";

/**
 * The front end of YAMNet: windows of 25 ms every 10 ms at 16 kHz, a Fourier transform over 512 samples, 64 mel bands from
 * 125 to 7,500 Hz, patches of 96 windows every 48.
 */
export const melDefaults = {
  sampleRate: 16_000,
  window: 400,
  hop: 160,
  fft: 512,
  bands: 64,
  lowHz: 125,
  highHz: 7500,
  logOffset: 0.001,
  frames: 96,
  patchHop: 48,
} as const;

/** Samples of one patch: 0.975 seconds. */
export const patchSamples = (melDefaults.frames - 1) * melDefaults.hop + melDefaults.window;

/** Patches of a log-mel spectrogram. */
export interface MelPatches {
  readonly patches: number;
  /** Row-major `[patches, 96, 64]`: window after window, the low bands first. */
  readonly values: Float32Array;
}

/**
 * Log-mel patches of one channel at 16 kHz, as YAMNet defines them: zeros behind the sound until it fills one patch and
 * then whole steps of 48 windows; a periodic Hann window; magnitudes, not powers; triangles in HTK's mel scale; the
 * logarithm of what is in a band + 0.001.
 *
 * Source: Plakal and Ellis, YAMNet, `params.py` and `features.py` (TensorFlow Model Garden).
 */
export function logMel(samples: Float32Array): MelPatches {
  const { frames, bands, hop, fft, window, patchHop, logOffset } = melDefaults;
  const patches = 1 + Math.max(0, Math.ceil((samples.length - patchSamples) / (patchHop * hop)));
  const rows = frames + (patches - 1) * patchHop;
  const filters = melFilters();
  const hann = Float32Array.from(
    { length: window },
    (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / window),
  );
  const spectrogram = new Float32Array(rows * bands);
  const buffer = new Float64Array(fft);
  for (let row = 0; row < rows; row += 1) {
    for (let index = 0; index < window; index += 1) {
      buffer[index] = (samples[row * hop + index] ?? 0) * (hann[index] ?? 0);
    }
    const magnitudes = magnitudeSpectrum(buffer);
    filters.forEach(({ first, weights }, band) => {
      let sum = 0;
      for (let bin = 0; bin < weights.length; bin += 1) {
        sum += (weights[bin] ?? 0) * (magnitudes[first + bin] ?? 0);
      }
      spectrogram[row * bands + band] = Math.log(sum + logOffset);
    });
  }
  const values = new Float32Array(patches * frames * bands);
  for (let patch = 0; patch < patches; patch += 1) {
    const from = patch * patchHop * bands;
    values.set(spectrogram.subarray(from, from + frames * bands), patch * frames * bands);
  }
  return { patches, values };
}

const toMel = (hertz: number): number => 1127 * Math.log(1 + hertz / 700);

interface MelFilter {
  /** The first bin with a weight. */
  readonly first: number;
  readonly weights: readonly number[];
}

let filters: readonly MelFilter[] | undefined;

/** One triangle a band, its corners evenly spaced in mel; bin 0 belongs to none. */
function melFilters(): readonly MelFilter[] {
  const { bands, lowHz, highHz, sampleRate, fft } = melDefaults;
  const [low, high] = [toMel(lowHz), toMel(highHz)];
  const width = (high - low) / (bands + 1);
  filters ??= Array.from({ length: bands }, (_, band): MelFilter => {
    const start = low + band * width;
    const bins = Array.from({ length: fft / 2 + 1 }, (_unused, bin) => {
      const mel = toMel((bin * sampleRate) / fft);
      const weight = Math.min((mel - start) / width, (start + 2 * width - mel) / width);
      return bin === 0 ? 0 : Math.max(0, weight);
    });
    const first = bins.findIndex((weight) => weight > 0);
    const last = bins.findLastIndex((weight) => weight > 0);
    return { first: Math.max(first, 0), weights: first < 0 ? [] : bins.slice(first, last + 1) };
  });
  return filters;
}
