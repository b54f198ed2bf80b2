/** Probabilities, in place, from scores float32 `[rows, classes]`: every row is positive and sums to 1. */
export function softmaxRows(scores: Float32Array, classes: number): Float32Array {
  for (let at = 0; at < scores.length; at += classes) {
    const row = scores.subarray(at, at + classes);
    // The largest score is taken off first: no exponential overflows, and the quotient is the same.
    const largest = row.reduce((most, score) => Math.max(most, score), -Infinity);
    let sum = 0;
    for (let c = 0; c < classes; c += 1) {
      const power = Math.exp((row[c] as number) - largest);
      row[c] = power;
      sum += power;
    }
    for (let c = 0; c < classes; c += 1) row[c] = (row[c] as number) / sum;
  }
  return scores;
}

/**
 * Mean cross-entropy in nats of `probabilities` float32 `[rows, classes]` against `labels`, and its slope by the
 * scores that they came from: (probability - 1 where the label is) / rows. The slope overwrites `probabilities`.
 */
export function crossEntropy(
  probabilities: Float32Array,
  labels: Uint8Array | Uint16Array,
  classes: number,
): { readonly loss: number; readonly slope: Float32Array } {
  const rows = labels.length;
  let loss = 0;
  labels.forEach((label, row) => {
    const at = row * classes + label;
    // The smallest float32 above 0: a certain and wrong answer costs much, not Infinity.
    loss -= Math.log(Math.max(probabilities[at] as number, 2 ** -149));
    (probabilities[at] as number) -= 1;
  });
  for (let i = 0; i < probabilities.length; i += 1) {
    probabilities[i] = (probabilities[i] as number) / rows;
  }
  return { loss: loss / rows, slope: probabilities };
}
