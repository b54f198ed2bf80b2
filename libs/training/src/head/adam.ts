/** Steps that move numbers down a slope. */
export interface Adam {
  /** Changes `values` in place by one step along `slope`, of the same length. */
  step(slope: Float32Array): void;
}

export interface AdamOptions {
  readonly learningRate: number;
  /** Share of a value that every step takes off, times the learning rate. */
  readonly weightDecay: number;
}

/**
 * AdamW (Kingma and Ba 2015; decoupled decay by Loshchilov and Hutter 2019) on `values`, with the usual rates 0.9
 * and 0.999.
 */
export function adam(values: Float32Array, options: AdamOptions): Adam {
  const { learningRate, weightDecay } = options;
  const mean = new Float32Array(values.length);
  const square = new Float32Array(values.length);
  let steps = 0;
  return {
    step(slope) {
      steps += 1;
      // Both averages start at 0; these take that bias off.
      const rate = learningRate / (1 - 0.9 ** steps);
      const correction = 1 / (1 - 0.999 ** steps);
      const keep = 1 - learningRate * weightDecay;
      for (let i = 0; i < values.length; i += 1) {
        const each = slope[i] as number;
        const m = 0.9 * (mean[i] as number) + 0.1 * each;
        const v = 0.999 * (square[i] as number) + 0.001 * each * each;
        mean[i] = m;
        square[i] = v;
        values[i] = (values[i] as number) * keep - (rate * m) / (Math.sqrt(v * correction) + 1e-8);
      }
    },
  };
}
