import { symmetricEigenvalues } from './eigen.ts';

/** Part of its variance below which a direction has none of its own: float32 products leave that much. */
const NOISE = 2 ** -20;

/** The Gaussian fitted to rows of `size` numbers. */
export interface Gaussian {
  size: number;
  /** Rows it was fitted to. */
  n: number;
  /** [size] */
  mean: Float64Array;
  /** [size, size], divided by n − 1. */
  covariance: Float64Array;
}

/**
 * Fréchet distance |m − n|² + tr(A + B − 2 (A B)^½) of two Gaussians with covariances A and B. Source:
 * Heusel et al. 2017, arXiv 1706.08500, eq. 6, there of features of a network. With A = L Lᵀ the root has
 * the trace of (Lᵀ B L)^½, which is symmetric, so that no root is complex and singular covariances do no
 * harm. In float64. NaN where a Gaussian is of rows that are no numbers.
 */
export function frechet(a: Gaussian, b: Gaussian): number {
  const { size } = a;
  const between = a.mean.reduce((sum, m, i) => sum + (m - b.mean[i]) ** 2, 0);
  const spread = trace(a.covariance, size) + trace(b.covariance, size);
  if (!Number.isFinite(between + spread)) return Number.NaN;
  const root = symmetricEigenvalues(
    congruent(cholesky(a.covariance, size), b.covariance, size),
    size,
  );
  return between + spread - 2 * root.reduce((sum, w) => sum + Math.sqrt(Math.max(0, w)), 0);
}

function trace(matrix: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += matrix[i * n + i];
  return sum;
}

/** Lower triangle L with L Lᵀ = A; directions in which A has nothing are left out. */
function cholesky(a: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  const rest = new Float64Array(n); // of column j, below the diagonal
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      rest[i] = sum;
    }
    if (rest[j] <= NOISE * a[j * n + j]) continue;
    const pivot = Math.sqrt(rest[j]);
    for (let i = j; i < n; i++) l[i * n + j] = rest[i] / pivot;
  }
  return l;
}

/** Lower triangle of Lᵀ B L for a lower triangle L and a symmetric B. */
function congruent(l: Float64Array, b: Float64Array, n: number): Float64Array {
  const bl = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = b[i * n + k];
      if (factor === 0) continue;
      const end = Math.min(i, k); // B L is needed on and below its diagonal
      for (let j = 0; j <= end; j++) bl[i * n + j] += factor * l[k * n + j];
    }
  }
  const result = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) {
      const factor = l[k * n + i];
      if (factor === 0) continue;
      for (let j = 0; j <= i; j++) result[i * n + j] += factor * bl[k * n + j];
    }
  }
  return result;
}
