/** Samples of one block, and by how many a block may move to fit the one before. */
const block = 512;
const hop = block / 2;
const reach = 160;
/** Two halves of a Hann window add up to 1. */
const rising = Float64Array.from(
  { length: block },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / block),
);
/** Every second sample is compared: half the work, and the place found is the same within a sample. */
const stride = 2;

/**
 * A sound made longer (`factor` above 1) or shorter without a change of its pitch: overlapping blocks, each taken from
 * where it continues the last one best (WSOLA, Verhelst and Roelands 1993). `round(length · factor)` samples.
 */
export function stretch(samples: Float32Array, factor: number): Float32Array {
  const length = Math.round(samples.length * factor);
  const output = new Float32Array(length);
  if (samples.length < block + 2 * reach) {
    for (let i = 0; i < length; i += 1) {
      output[i] = samples[Math.min(samples.length - 1, Math.floor(i / factor))] ?? 0;
    }
    return output;
  }
  const last = samples.length - block - 1;
  let expected = 0;
  for (let at = 0; at < length; at += hop) {
    const wanted = Math.min(Math.round(at / factor), last);
    const from = at === 0 ? 0 : bestStart(samples, wanted, Math.min(expected, last), last);
    for (let i = 0; i < block && at + i < length; i += 1) {
      // The first block has no half before it.
      const rise = at === 0 && i < hop ? 1 : (rising[i] as number);
      output[at + i] = (output[at + i] as number) + rise * (samples[from + i] as number);
    }
    expected = from + hop;
  }
  return output;
}

/** Where near `wanted` the samples are most like those at `expected`, which would follow the last block. */
function bestStart(samples: Float32Array, wanted: number, expected: number, last: number): number {
  const [lowest, highest] = [Math.max(0, wanted - reach), Math.min(last, wanted + reach)];
  let [best, found] = [-Infinity, wanted];
  const look = (from: number): void => {
    const sum = likeness(samples, from, expected);
    if (sum > best) [best, found] = [sum, from];
  };
  for (let from = lowest; from <= highest; from += 8) look(from);
  const near = found;
  if (near - 4 >= lowest) look(near - 4);
  if (near + 4 <= highest) look(near + 4);
  return found;
}

function likeness(samples: Float32Array, from: number, expected: number): number {
  let sum = 0;
  for (let i = 0; i < hop; i += stride) {
    sum += (samples[from + i] as number) * (samples[expected + i] as number);
  }
  return sum;
}
