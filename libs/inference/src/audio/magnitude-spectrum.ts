/** What transforms of one length share. */
interface Plan {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  /** Where each value goes first: its place with the bits reversed. */
  readonly order: Uint32Array;
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

const plans = new Map<number, Plan>();

/**
 * Magnitudes of the Fourier transform of real values, the first `n / 2 + 1` of them; `n` is a power of 2. The values are
 * left as they are.
 *
 * Source: Cooley and Tukey's algorithm, radix 2, decimation in time.
 */
export function magnitudeSpectrum(values: Float64Array): Float64Array {
  const n = values.length;
  const { cos, sin, order, real, imaginary } = planFor(n);
  imaginary.fill(0);
  for (let index = 0; index < n; index += 1) real[order[index] ?? 0] = values[index] ?? 0;
  for (let half = 1; half < n; half *= 2) {
    const turn = n / (2 * half);
    for (let k = 0; k < half; k += 1) {
      const c = cos[k * turn] ?? 0;
      const s = sin[k * turn] ?? 0;
      for (let a = k; a < n; a += 2 * half) {
        const b = a + half;
        const rb = real[b] ?? 0;
        const ib = imaginary[b] ?? 0;
        const tr = rb * c + ib * s;
        const ti = ib * c - rb * s;
        const ra = real[a] ?? 0;
        const ia = imaginary[a] ?? 0;
        real[a] = ra + tr;
        imaginary[a] = ia + ti;
        real[b] = ra - tr;
        imaginary[b] = ia - ti;
      }
    }
  }
  const magnitudes = new Float64Array(n / 2 + 1);
  for (let index = 0; index <= n / 2; index += 1) {
    magnitudes[index] = Math.sqrt((real[index] ?? 0) ** 2 + (imaginary[index] ?? 0) ** 2);
  }
  return magnitudes;
}

function planFor(n: number): Plan {
  const known = plans.get(n);
  if (known !== undefined) return known;
  const angle = (index: number): number => (2 * Math.PI * index) / n;
  const bits = 31 - Math.clz32(n);
  const order = Uint32Array.from({ length: n }, (_, index) => {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit += 1) reversed |= ((index >> bit) & 1) << (bits - 1 - bit);
    return reversed;
  });
  const plan: Plan = {
    cos: Float64Array.from({ length: n / 2 }, (_, index) => Math.cos(angle(index))),
    sin: Float64Array.from({ length: n / 2 }, (_, index) => Math.sin(angle(index))),
    order,
    real: new Float64Array(n),
    imaginary: new Float64Array(n),
  };
  plans.set(n, plan);
  return plan;
}
