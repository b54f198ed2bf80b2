import { innerProducts } from "./row-products.ts";

/** Smallest variance that is not taken for noise, as a share of the mean one. */
const floor = 0.01;
const sweeps = 12;

/**
 * Mean and the symmetric matrix that brings rows to unit covariance (ZCA; Bell and Sejnowski 1997). Eigenvectors by
 * cyclic rotations (Jacobi). The mean is taken off `rows` in place.
 */
export async function whitening(
  rows: Float32Array,
  size: number,
): Promise<{ readonly mean: Float64Array; readonly matrix: Float32Array }> {
  const count = rows.length / size;
  const mean = new Float64Array(size);
  for (let at = 0; at < rows.length; at += size) {
    for (let i = 0; i < size; i += 1) mean[i] = (mean[i] as number) + (rows[at + i] as number);
  }
  mean.forEach((sum, i) => (mean[i] = sum / count));
  for (let at = 0; at < rows.length; at += size) {
    for (let i = 0; i < size; i += 1) rows[at + i] = (rows[at + i] as number) - (mean[i] as number);
  }
  const products = await innerProducts(rows, size);
  const { values, vectors } = eigen(
    Float64Array.from(products, (sum) => sum / count),
    size,
  );
  const average = values.reduce((a, b) => a + Math.max(0, b), 0) / size;
  const matrix = new Float32Array(size * size);
  for (let k = 0; k < size; k += 1) {
    const factor = 1 / Math.sqrt(Math.max(0, values[k] as number) + floor * average + 1e-12);
    for (let i = 0; i < size; i += 1) {
      const left = (vectors[i * size + k] as number) * factor;
      for (let j = 0; j < size; j += 1) {
        matrix[i * size + j] =
          (matrix[i * size + j] as number) + left * (vectors[j * size + k] as number);
      }
    }
  }
  return { mean, matrix };
}

/** Eigenvalues and eigenvectors (columns) of a symmetric matrix, which is used up. */
function eigen(
  matrix: Float64Array,
  size: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) vectors[i * size + i] = 1;
  const rotate = (of: Float64Array, a: number, b: number, cos: number, sin: number): void => {
    const [x, y] = [of[a] as number, of[b] as number];
    of[a] = cos * x - sin * y;
    of[b] = sin * x + cos * y;
  };
  const small = 1e-9 * matrix.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    let rotated = false;
    for (let p = 0; p < size; p += 1) {
      for (let q = p + 1; q < size; q += 1) {
        const off = matrix[p * size + q] as number;
        if (Math.abs(off) <= small) continue;
        rotated = true;
        const half =
          ((matrix[q * size + q] as number) - (matrix[p * size + p] as number)) / (2 * off);
        const tangent = Math.sign(half || 1) / (Math.abs(half) + Math.sqrt(half * half + 1));
        const cos = 1 / Math.sqrt(tangent * tangent + 1);
        const sin = tangent * cos;
        for (let i = 0; i < size; i += 1) rotate(matrix, i * size + p, i * size + q, cos, sin);
        for (let i = 0; i < size; i += 1) rotate(matrix, p * size + i, q * size + i, cos, sin);
        for (let i = 0; i < size; i += 1) rotate(vectors, i * size + p, i * size + q, cos, sin);
      }
    }
    if (!rotated) break;
  }
  const values = Float64Array.from({ length: size }, (_, i) => matrix[i * size + i] as number);
  return { values, vectors };
}
