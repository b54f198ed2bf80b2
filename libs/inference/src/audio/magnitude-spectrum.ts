/** Turn factors by length of the transform. */
const factors = new Map<number, { readonly cos: Float64Array; readonly sin: Float64Array }>();

/**
 * Magnitudes of the Fourier transform of real values, the first `n / 2 + 1` of them; `n` is a power of 2. The values are
 * left as they are.
 *
 * Source: Cooley and Tukey's algorithm, radix 2, decimation in time.
 */
export function magnitudeSpectrum(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const { cos, sin } = turnFactors(n);
  const real = new Float64Array(n);
  const imaginary = new Float64Array(n);
  const bits = 31 - Math.clz32(n);
  for (let index = 0; index < n; index += 1) {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit += 1) reversed |= ((index >> bit) & 1) << (bits - 1 - bit);
    real[reversed] = values[index] ?? 0;
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const turn = n / size;
    for (let block = 0; block < n; block += size) {
      for (let k = 0; k < half; k += 1) {
        const [a, b] = [block + k, block + k + half];
        const [c, s] = [cos[k * turn] ?? 0, sin[k * turn] ?? 0];
        const [rb, ib] = [real[b] ?? 0, imaginary[b] ?? 0];
        const [ra, ia] = [real[a] ?? 0, imaginary[a] ?? 0];
        const [tr, ti] = [rb * c + ib * s, ib * c - rb * s];
        real[a] = ra + tr;
        imaginary[a] = ia + ti;
        real[b] = ra - tr;
        imaginary[b] = ia - ti;
      }
    }
  }
  return Float64Array.from({ length: n / 2 + 1 }, (_, index) =>
    Math.hypot(real[index] ?? 0, imaginary[index] ?? 0),
  );
}

function turnFactors(n: number): { readonly cos: Float64Array; readonly sin: Float64Array } {
  const known = factors.get(n);
  if (known !== undefined) return known;
  const angle = (index: number): number => (2 * Math.PI * index) / n;
  const made = {
    cos: Float64Array.from({ length: n / 2 }, (_, index) => Math.cos(angle(index))),
    sin: Float64Array.from({ length: n / 2 }, (_, index) => Math.sin(angle(index))),
  };
  factors.set(n, made);
  return made;
}
