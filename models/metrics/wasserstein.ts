import { type Rows, squaredDistance } from './distance.ts';

/** W₁ of two samples of equally many numbers, exactly: the mean distance of those of equal rank. */
export function wasserstein1d(x: Rows, y: Rows): number {
  const [a, b] = [x, y].map((values) => Float64Array.from(values).sort());
  return a.reduce((sum, v, i) => sum + Math.abs(v - b[i]), 0) / a.length;
}

/**
 * W₁ of two samples of equally many rows of `size` numbers, exactly: the mean distance under the best
 * assignment. O(n³).
 */
export function wasserstein(x: Rows, y: Rows, size: number): number {
  const n = x.length / size;
  const cost = (i: number, j: number) => Math.sqrt(squaredDistance(x, i * size, y, j * size, size));
  return assignment(n, cost).reduce((sum, j, i) => sum + cost(i, j), 0) / n;
}

/**
 * The column of each of n rows, each column once, for the least sum of costs. Source: Kuhn 1955 and
 * Munkres 1957, by shortest augmenting paths (Jonker and Volgenant 1987).
 */
export function assignment(n: number, cost: (row: number, column: number) => number): number[] {
  const [ofRow, ofColumn] = [new Float64Array(n + 1), new Float64Array(n + 1)]; // dual prices
  const rowOf = new Int32Array(n + 1).fill(-1); // of a column; column n is where a search begins
  for (let row = 0; row < n; row++) {
    const before = new Int32Array(n).fill(n);
    const least = new Float64Array(n).fill(Infinity);
    const done = new Uint8Array(n + 1);
    rowOf[n] = row;
    let column = n;
    while (rowOf[column] >= 0) {
      done[column] = 1;
      const from = rowOf[column];
      let [next, step] = [n, Infinity];
      for (let j = 0; j < n; j++) {
        if (done[j]) continue;
        const reduced = cost(from, j) - ofRow[from] - ofColumn[j];
        if (reduced < least[j]) {
          least[j] = reduced;
          before[j] = column;
        }
        if (least[j] < step) [next, step] = [j, least[j]];
      }
      for (let j = 0; j <= n; j++) {
        if (done[j]) {
          ofRow[rowOf[j]] += step;
          ofColumn[j] -= step;
        } else if (j < n) least[j] -= step;
      }
      column = next;
    }
    for (; column !== n; column = before[column]) rowOf[column] = rowOf[before[column]];
  }
  const columns = new Array<number>(n);
  for (let j = 0; j < n; j++) columns[rowOf[j]] = j;
  return columns;
}

/**
 * The largest quotient |D(x) − D(y)| / |x − y| over all pairs of rows of `size` numbers with scores D: no
 * Lipschitz constant of D is less.
 */
export function steepest(rows: Rows, scores: Rows, size: number): number {
  let most = 0;
  for (let i = 0; i < scores.length; i++) {
    for (let j = 0; j < i; j++) {
      const distance = Math.sqrt(squaredDistance(rows, i * size, rows, j * size, size));
      if (distance > 0) most = Math.max(most, Math.abs(scores[i] - scores[j]) / distance);
    }
  }
  return most;
}
