import { randomStream } from '../data/random.ts';

/** A random rotation or reflection of n dimensions, [n, n] row-major, float64: the same for equal keys. */
export function randomRotation(n: number, seed: number, stream: number): Float64Array {
  const random = randomStream(seed, stream);
  const q = Float64Array.from({ length: n * n }, () => random.normal());
  const row = (i: number) => q.subarray(i * n, (i + 1) * n);
  for (let i = 0; i < n; i++) {
    // Twice, so that rounding leaves nothing of the rows before (Gram and Schmidt).
    for (let j = 0; j < 2 * i; j++) {
      const other = row(j % i);
      const along = dot(row(i), other);
      row(i).forEach((v, k) => {
        row(i)[k] = v - along * other[k];
      });
    }
    const length = Math.sqrt(dot(row(i), row(i)));
    row(i).forEach((v, k) => {
      row(i)[k] = v / length;
    });
  }
  return q;
}

/**
 * A matrix [n, n] as P · L · U: `permutation` P, and L, with ones on its diagonal, and U in one matrix.
 * By elimination with partial pivoting.
 */
export function factorise(matrix: Float64Array, n: number) {
  const lu = Float64Array.from(matrix);
  const rows = Array.from({ length: n }, (_, i) => i); // where each row of L · U was
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(lu[i * n + k]) > Math.abs(lu[pivot * n + k])) pivot = i;
    }
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let j = 0; j < n; j++) {
      [lu[k * n + j], lu[pivot * n + j]] = [lu[pivot * n + j], lu[k * n + j]];
    }
    for (let i = k + 1; i < n; i++) {
      const factor = lu[i * n + k] / lu[k * n + k];
      lu[i * n + k] = factor;
      for (let j = k + 1; j < n; j++) lu[i * n + j] -= factor * lu[k * n + j];
    }
  }
  const permutation = new Float64Array(n * n);
  rows.forEach((from, to) => {
    permutation[from * n + to] = 1;
  });
  return { permutation, lu };
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);
