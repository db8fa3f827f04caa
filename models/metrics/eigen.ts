/**
 * Eigenvalues of a symmetric matrix [n, n], row-major, of which the lower triangle is read, in no order:
 * reflections make it tridiagonal, then QL steps with implicit shifts take the off-diagonal away. Source:
 * Golub and Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3. Throws when a value has not settled
 * after 60 steps.
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, beside } = tridiagonal(Float64Array.from(matrix), n);
  // Where values are nothing beside the largest, so is what stands beside them: no step would settle it.
  const size = diagonal.reduce(
    (most, d, i) => Math.max(most, Math.abs(d) + Math.abs(beside[i])),
    0,
  );
  for (let first = 0; first < n; first++) {
    for (let step = 0; ; step++) {
      const last = blockEnd(beside, first, Number.EPSILON * size);
      if (last === first) break;
      if (step === 60)
        throw new Error(`eigenvalues: no convergence at ${first} of ${n}. Check the matrix.`);
      chase(diagonal, beside, first, last);
    }
  }
  return diagonal;
}

/** The diagonal and, of element i, what stands beside it in row i and column i + 1. */
function tridiagonal(a: Float64Array, n: number) {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    diagonal[k] = a[k * n + k];
    // v reflects column k below the diagonal onto its first element.
    const v = Float64Array.from({ length: n - k - 1 }, (_, i) => a[(k + 1 + i) * n + k]);
    const length = Math.hypot(...v);
    const onto = v[0] > 0 ? -length : length;
    beside[k] = onto;
    v[0] -= onto;
    const square = v.reduce((s, x) => s + x * x, 0);
    if (square > 0) reflect(a, n, k + 1, v, 2 / square);
  }
  diagonal[n - 1] = a[n * n - 1];
  return { diagonal, beside };
}

/** A ← H A H for the lower triangle of the block of A from `start` on, H = I − scale v vᵀ. */
function reflect(a: Float64Array, n: number, start: number, v: Float64Array, scale: number): void {
  const m = v.length;
  const p = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    const row = (start + i) * n + start;
    const vi = v[i];
    let sum = a[row + i] * vi;
    for (let j = 0; j < i; j++) {
      sum += a[row + j] * v[j];
      p[j] += a[row + j] * vi;
    }
    p[i] = sum;
  }
  for (let i = 0; i < m; i++) p[i] *= scale;
  const half = (scale / 2) * p.reduce((s, x, i) => s + x * v[i], 0);
  for (let i = 0; i < m; i++) p[i] -= half * v[i];
  for (let i = 0; i < m; i++) {
    const row = (start + i) * n + start;
    const [vi, pi] = [v[i], p[i]];
    for (let j = 0; j <= i; j++) a[row + j] -= vi * p[j] + pi * v[j];
  }
}

/** Where the block that begins at `first` ends: what stands beside its last element is `nothing`. */
function blockEnd(beside: Float64Array, first: number, nothing: number): number {
  let last = first;
  while (last < beside.length - 1 && Math.abs(beside[last]) > nothing) last++;
  return last;
}

/** One QL step: a bulge beside the diagonal is chased from the end of a block to its start. */
function chase(d: Float64Array, e: Float64Array, first: number, last: number): void {
  // Wilkinson's shift: the eigenvalue of the first 2×2 that is nearer to its first element.
  const half = (d[first + 1] - d[first]) / 2;
  const shift =
    d[first] - e[first] ** 2 / (half + Math.sign(half || 1) * Math.hypot(half, e[first]));
  let [x, bulge] = [d[last] - shift, e[last - 1]];
  for (let i = last - 1; i >= first; i--) {
    const r = Math.hypot(x, bulge);
    const [c, s] = r === 0 ? [1, 0] : [x / r, bulge / r];
    if (i < last - 1) e[i + 1] = r;
    const [a, b, off] = [d[i + 1], d[i], e[i]];
    d[i + 1] = c * c * a + 2 * c * s * off + s * s * b;
    d[i] = s * s * a - 2 * c * s * off + c * c * b;
    e[i] = c * s * (b - a) + (c * c - s * s) * off;
    if (i > first) {
      bulge = s * e[i - 1];
      e[i - 1] *= c;
      x = e[i];
    }
  }
}
