/** Rows of equal size, one after another. */
export type Rows = Float32Array | Float64Array;

/**
 * Energy distance 2 E|x - y| - E|x - x'| - E|y - y'| of two samples, [n, size] and [m, size] rows.
 * A U-statistic: unbiased, so it can come out slightly negative; 0 when the laws are equal.
 * Source: Székely and Rizzo, Energy statistics (J. Statist. Plann. Inference 2013), section 5.
 */
export function energyDistance(x: Rows, y: Rows, size = 2): number {
  return (
    2 * between(x, y, size, Math.sqrt) - within(x, size, Math.sqrt) - within(y, size, Math.sqrt)
  );
}

/**
 * Squared maximum mean discrepancy of two samples, unbiased, for the mean of the four kernels
 * exp(-|x - y|² / 2s²), s = 1/4, 1/2, 1, 2. Source: Gretton et al., A kernel two-sample test
 * (JMLR 2012), eq. (3).
 */
export function mmd2(x: Rows, y: Rows, size = 2): number {
  return within(x, size, kernel) + within(y, size, kernel) - 2 * between(x, y, size, kernel);
}

/** Each scale is half the next, so each exponential is the fourth power of the next one. */
function kernel(squared: number): number {
  const s2 = Math.exp(-squared / 8);
  const s1 = s2 * s2 * s2 * s2;
  const half = s1 * s1 * s1 * s1;
  return (half * half * half * half + half + s1 + s2) / 4;
}

type Kernel = (squaredDistance: number) => number;

/** Mean over all pairs of one row of x and one of y. */
function between(x: Rows, y: Rows, size: number, kernel: Kernel): number {
  let sum = 0;
  for (let i = 0; i < x.length; i += size) {
    for (let j = 0; j < y.length; j += size) sum += kernel(squaredDistance(x, i, y, j, size));
  }
  return (sum * size * size) / (x.length * y.length);
}

/** Mean over all pairs of two different rows of x. */
function within(x: Rows, size: number, kernel: Kernel): number {
  let sum = 0;
  for (let i = size; i < x.length; i += size) {
    for (let j = 0; j < i; j += size) sum += kernel(squaredDistance(x, i, x, j, size));
  }
  const n = x.length / size;
  return (2 * sum) / (n * (n - 1));
}

/** Squared distance of the row of x that begins at i and the row of y that begins at j. */
export function squaredDistance(x: Rows, i: number, y: Rows, j: number, size: number): number {
  let sum = 0;
  for (let d = 0; d < size; d++) {
    const difference = x[i + d] - y[j + d];
    sum += difference * difference;
  }
  return sum;
}
