import { build, count, type Nd } from './array.ts';

/** Splits [..., n, m] into its matrices, each a list of rows. */
function matrices(x: Nd): number[][][] {
  const [n, m] = x.shape.slice(-2) as [number, number];
  return Array.from({ length: count(x.shape.slice(0, -2)) }, (_, b) =>
    Array.from({ length: n }, (_, i) =>
      Array.from(x.data.slice((b * n + i) * m, (b * n + i + 1) * m)),
    ),
  );
}

/** Gauss elimination with partial pivoting of [A | right]: A becomes upper triangular. */
function eliminate(a: number[][], right: number[][]): void {
  const n = a.length;
  for (let c = 0; c < n; c++) {
    let p = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(a[r][c]) > Math.abs(a[p][c])) p = r;
    [a[c], a[p]] = [a[p], a[c]];
    [right[c], right[p]] = [right[p], right[c]];
    for (let r = c + 1; r < n; r++) {
      const f = a[r][c] / a[c][c];
      for (let j = c; j < n; j++) a[r][j] -= f * a[c][j];
      for (let j = 0; j < right[r].length; j++) right[r][j] -= f * right[c][j];
    }
  }
}

/** Solves a triangular system by substitution, rows of x from the last or from the first. */
function substitute(a: number[][], b: number[][], upper: boolean, unit: boolean): number[][] {
  const n = a.length;
  const x = b.map((row) => [...row]);
  const order = Array.from({ length: n }, (_, i) => (upper ? n - 1 - i : i));
  for (const i of order) {
    for (let j = 0; j < x[i].length; j++) {
      for (let k = 0; k < n; k++) {
        if (upper ? k > i : k < i) x[i][j] -= a[i][k] * x[k][j];
      }
      if (!unit) x[i][j] /= a[i][i];
    }
  }
  return x;
}

const identity = (n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => +(i === j)));

/** log |det A| of each matrix of [..., n, n]. */
export function logAbsDet(x: Nd): Nd {
  const values = matrices(x).map((a) => {
    eliminate(a, identity(a.length));
    return a.reduce((acc, row, i) => acc + Math.log(Math.abs(row[i])), 0);
  });
  let i = 0;
  return build(x.shape.slice(0, -2), () => values[i++]);
}

/** The inverse of each matrix of [..., n, n]. */
export function inverse(x: Nd): Nd {
  const values = matrices(x).map((a) => {
    const right = identity(a.length);
    eliminate(a, right);
    return substitute(a, right, true, false);
  });
  const list = values.flat(2);
  let i = 0;
  return build(x.shape, () => list[i++]);
}

/** X with A X = B (or Aᵀ X = B), A triangular; the other triangle of A is not read. */
export function triangularSolve(
  a: Nd,
  b: Nd,
  { upper = false, unit = false, transpose = false } = {},
): Nd {
  const [left, right] = [matrices(a), matrices(b)];
  const values = right.map((rhs, i) => {
    const m = left[left.length === 1 ? 0 : i];
    const turned = transpose ? m.map((_, r) => m.map((row) => row[r])) : m;
    return substitute(turned, rhs, upper !== transpose, unit);
  });
  const list = values.flat(2);
  let i = 0;
  return build(b.shape, () => list[i++]);
}
