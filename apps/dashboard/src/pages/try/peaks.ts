/** The lowest and highest sample of each of `columns` equal stretches: what a waveform draws. */
export function peaks(
  samples: Float32Array,
  columns: number,
): readonly (readonly [number, number])[] {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column / columns) * samples.length);
    const to = Math.max(from + 1, Math.floor(((column + 1) / columns) * samples.length));
    let low = Infinity;
    let high = -Infinity;
    for (let index = from; index < to && index < samples.length; index += 1) {
      const sample = samples[index] ?? 0;
      if (sample < low) low = sample;
      if (sample > high) high = sample;
    }
    return low > high ? [0, 0] : [low, high];
  });
}
