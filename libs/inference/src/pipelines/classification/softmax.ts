/** exp(x) over the sum of all exp(x), without overflow for large values. */
export function softmax(values: ArrayLike<number>): Float32Array {
  let max = -Infinity;
  for (let index = 0; index < values.length; index += 1) max = Math.max(max, values[index] ?? 0);
  const result = new Float32Array(values.length);
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) {
    const power = Math.exp((values[index] ?? 0) - max);
    result[index] = power;
    sum += power;
  }
  return result.map((power) => power / sum);
}

/** 1 / (1 + exp(-x)). */
export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
