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
  const { factor, order, rank } = cholesky(a.covariance, size);
  const root = symmetricEigenvalues(congruent(factor, b.covariance, order, rank), rank);
  return between + spread - 2 * root.reduce((sum, w) => sum + Math.sqrt(Math.max(0, w)), 0);
}

function trace(matrix: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += matrix[i * n + i];
  return sum;
}

/** Rows of A in some order, and the first columns of a lower triangle L, such that L Lᵀ is A in that order. */
interface Factor {
  /** [n, n], of which the first `rank` columns are L. */
  factor: Float64Array;
  order: Uint32Array;
  rank: number;
}

/**
 * Cholesky's factor with pivoting: the next row is always the one of which most of its own variance is not
 * yet told, and where that is no more than noise it ends. Without it noise of singular covariances grows
 * as it is divided by itself. Source: Golub and Van Loan, Matrix Computations, section 4.2.8.
 */
function cholesky(a: Float64Array, n: number): Factor {
  const factor = new Float64Array(n * n);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const rest = Float64Array.from(order, (i) => a[i * n + i]);
  const share = (i: number) => rest[order[i]] / (a[order[i] * (n + 1)] || 1);
  for (let j = 0; j < n; j++) {
    let most = j;
    for (let i = j + 1; i < n; i++) if (share(i) > share(most)) most = i;
    if (share(most) <= NOISE) return { factor, order, rank: j };
    swapRows(factor, n, j, most);
    [order[j], order[most]] = [order[most], order[j]];
    const pivot = Math.sqrt(rest[order[j]]);
    factor[j * n + j] = pivot;
    for (let i = j + 1; i < n; i++) {
      let sum = a[order[i] * n + order[j]];
      for (let k = 0; k < j; k++) sum -= factor[i * n + k] * factor[j * n + k];
      const value = sum / pivot;
      factor[i * n + j] = value;
      rest[order[i]] -= value * value;
    }
  }
  return { factor, order, rank: n };
}

function swapRows(matrix: Float64Array, n: number, i: number, j: number): void {
  const row = matrix.slice(i * n, i * n + n);
  matrix.copyWithin(i * n, j * n, j * n + n);
  matrix.set(row, j * n);
}

/** Lower triangle [rank, rank] of Lᵀ B L for a lower triangle L of `rank` columns and a symmetric B in an order. */
function congruent(
  l: Float64Array,
  b: Float64Array,
  order: Uint32Array,
  rank: number,
): Float64Array {
  const n = order.length;
  const bl = new Float64Array(n * rank);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const value = b[order[i] * n + order[k]];
      if (value === 0) continue;
      const end = Math.min(i, k, rank - 1); // B L is needed on and below its diagonal
      for (let j = 0; j <= end; j++) bl[i * rank + j] += value * l[k * n + j];
    }
  }
  const result = new Float64Array(rank * rank);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= Math.min(k, rank - 1); i++) {
      const value = l[k * n + i];
      if (value === 0) continue;
      for (let j = 0; j <= i; j++) result[i * rank + j] += value * bl[k * rank + j];
    }
  }
  return result;
}
