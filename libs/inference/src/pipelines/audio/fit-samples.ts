/** How a sound that is too short fills a window: with zeros behind it, or from its beginning again. */
export type Padding = "zero" | "loop";

/** A sound brought to `length` samples, by `padding` where it is shorter. */
export function padSamples(
  samples: Float32Array,
  length: number,
  padding: Padding = "zero",
): Float32Array {
  if (samples.length >= length) return samples;
  const result = new Float32Array(length);
  if (padding === "zero") result.set(samples);
  else
    for (let at = 0; at < length; at += samples.length)
      result.set(samples.subarray(0, length - at), at);
  return result;
}

/** Of a sound that is longer, the `length` samples with the most energy, looked for in steps of a tenth of them. */
export function loudestSamples(samples: Float32Array, length: number): Float32Array {
  if (samples.length <= length) return samples;
  const sums = new Float64Array(samples.length + 1);
  samples.forEach((value, index) => {
    sums[index + 1] = (sums[index] ?? 0) + value * value;
  });
  const step = Math.max(1, Math.floor(length / 10));
  let [best, most] = [0, -1];
  for (let start = 0; start + length <= samples.length; start += step) {
    const energy = (sums[start + length] ?? 0) - (sums[start] ?? 0);
    if (energy > most) [best, most] = [start, energy];
  }
  return samples.subarray(best, best + length);
}

/** Windows of `length` samples one after the other, half a window apart; the last one is padded. */
export function windowsOf(
  samples: Float32Array,
  length: number,
  padding: Padding = "zero",
): { readonly count: number; readonly values: Float32Array } {
  const hop = Math.max(1, Math.floor(length / 2));
  const count = 1 + Math.max(0, Math.ceil((samples.length - length) / hop));
  const values = new Float32Array(count * length);
  for (let window = 0; window < count; window += 1) {
    const start = window * hop;
    values.set(
      padSamples(samples.subarray(start, start + length), length, padding),
      window * length,
    );
  }
  return { count, values };
}
