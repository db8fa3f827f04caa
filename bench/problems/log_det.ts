import { byEntries, known } from './entries.ts';
import type { Kind } from './kind.ts';
import { uniform } from './numbers.ts';

/** log |det A| of `batch` matrices [n, n], and its gradient, the transposed inverse. */
export interface LogDet {
  kind: 'logDet';
  batch: number;
  n: number;
}

/** log |det| and the inverse of `a` [n, n], by Gauss and Jordan with partial pivoting in float64. */
export function invert(a: ArrayLike<number>, n: number): { logDet: number; inverse: Float64Array } {
  const left = Float64Array.from(a);
  const right = new Float64Array(n * n);
  for (let i = 0; i < n; i++) right[i * n + i] = 1;
  let logDet = 0;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) {
      if (Math.abs(left[r * n + c]) > Math.abs(left[pivot * n + c])) pivot = r;
    }
    for (const m of [left, right]) {
      const row = m.slice(c * n, c * n + n);
      m.copyWithin(c * n, pivot * n, pivot * n + n);
      m.set(row, pivot * n);
    }
    const d = left[c * n + c];
    logDet += Math.log(Math.abs(d));
    for (const m of [left, right]) for (let j = 0; j < n; j++) m[c * n + j] /= d;
    for (let r = 0; r < n; r++) {
      const f = left[r * n + c];
      if (r === c || f === 0) continue;
      for (const m of [left, right]) for (let j = 0; j < n; j++) m[r * n + j] -= f * m[c * n + j];
    }
  }
  return { logDet, inverse: right };
}

/** |A⁻¹| |A| |A⁻¹|: how far the inverse moves, entry by entry, when A's entries do. */
function movement(a: ArrayLike<number>, inverse: Float64Array, n: number): Float64Array {
  const middle = product(inverse, a, n);
  return product(middle, inverse, n);
}

/** |X| |Y| of two matrices [n, n]. */
function product(x: ArrayLike<number>, y: ArrayLike<number>, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const v = Math.abs(x[i * n + k]);
      for (let j = 0; j < n; j++) out[i * n + j] += v * Math.abs(y[k * n + j]);
    }
  }
  return out;
}

export const logDet: Kind<LogDet> = {
  mode: 'throughput',
  shape: ({ batch, n }) => `[${batch},${n},${n}]`,
  flops: ({ batch, n }) => batch * 2 * n ** 3, // 2/3 n³ to factor, 4/3 n³ to invert
  bytes: ({ batch, n }) => 4 * batch * (2 * n * n + 1),
  inputs({ batch, n }, random) {
    const a = uniform(batch * n * n, 1, random);
    for (let b = 0; b < batch; b++) {
      const at = b * n * n;
      a[at] = 0; // no elimination without pivots
      if (b % 8 !== 7) continue;
      for (let j = 0; j < n; j++) a[at + n + j] = a[at + j] + 0.001 * a[at + n + j]; // near singular
    }
    return { a };
  },
  judge({ batch, n }, { a }) {
    const size = n * n;
    const values = new Float64Array(batch);
    const moves = new Float64Array(batch);
    const gradients = new Float64Array(batch * size);
    const scales = new Float64Array(batch * size);
    for (let b = 0; b < batch; b++) {
      const matrix = a.subarray(b * size, b * size + size);
      const { logDet: value, inverse } = invert(matrix, n);
      const moved = movement(matrix, inverse, n);
      values[b] = value;
      for (let i = 0; i < size; i++) {
        const turned = (i % n) * n + Math.floor(i / n);
        gradients[b * size + i] = inverse[turned];
        scales[b * size + i] = moved[turned];
        moves[b] += Math.abs(inverse[turned] * matrix[i]); // d log|det| = <A⁻ᵀ, dA>
      }
    }
    return byEntries([known(values, moves), known(gradients, scales)], { most: 65536 });
  },
};
