import { heavy } from './lu.ts';

/** Part of a blocked elimination: columns first ... first + width - 1 of matrices of size n. */
export interface Panel {
  batch: number;
  n: number;
  first: number;
  width: number;
}

/** Matrices on their way through a blocked elimination in float64. */
export interface Progress {
  lu: Float64Array;
  order: number[];
  swaps: number[];
  logDet: number;
  sign: number;
}

const begin = (a: ArrayLike<number>, n: number): Progress => ({
  lu: Float64Array.from(a),
  order: Array.from({ length: n }, (_, i) => i),
  swaps: new Array(n).fill(0),
  logDet: 0,
  sign: 1,
});

function exchange(
  lu: Float64Array,
  n: number,
  k: number,
  r: number,
  inside: (j: number) => boolean,
) {
  for (let j = 0; j < n; j++) {
    if (inside(j)) [lu[k * n + j], lu[r * n + j]] = [lu[r * n + j], lu[k * n + j]];
  }
}

/** What lu_panel does to one matrix. */
export function factorPanel(state: Progress, n: number, first: number, width: number): void {
  const { lu, swaps } = state;
  const end = first + width;
  for (let k = first; k < end; k++) {
    let row = k;
    for (let r = k; r < n; r++) if (Math.abs(lu[r * n + k]) > Math.abs(lu[row * n + k])) row = r;
    swaps[k] = row;
    exchange(lu, n, k, row, (j) => j >= first && j < end);
    const pivot = lu[k * n + k];
    state.logDet += Math.log(Math.abs(pivot));
    state.sign *= Math.sign(pivot) * (row === k ? 1 : -1) || 0;
    for (let r = k + 1; r < n; r++) {
      lu[r * n + k] /= pivot || 1;
      for (let j = k + 1; j < end; j++) lu[r * n + j] -= lu[r * n + k] * lu[k * n + j];
    }
  }
}

/** What lu_update does to one matrix. */
export function updateRest(state: Progress, n: number, first: number, width: number): void {
  const { lu, order, swaps } = state;
  const end = first + width;
  for (let k = first; k < end; k++) {
    exchange(lu, n, k, swaps[k], (j) => j < first || j >= end);
    [order[k], order[swaps[k]]] = [order[swaps[k]], order[k]];
  }
  for (let r = first + 1; r < n; r++) {
    for (let k = first; k < Math.min(r, end); k++) {
      for (let j = end; j < n; j++) lu[r * n + j] -= lu[r * n + k] * lu[k * n + j];
    }
  }
}

/** Matrices before the given panel: those before it are done, `width` columns each. */
export function before({ batch, n, first, width }: Panel, a = heavy(batch, n)): Progress[] {
  return Array.from({ length: batch }, (_, m) => {
    const state = begin(a.subarray(m * n * n, (m + 1) * n * n), n);
    for (let done = 0; done < first; done += width) {
      factorPanel(state, n, done, Math.min(width, first - done));
      updateRest(state, n, done, Math.min(width, first - done));
    }
    return state;
  });
}

export const copyOf = (states: Progress[]): Progress[] =>
  states.map((s) => ({ ...s, lu: s.lu.slice(), order: [...s.order], swaps: [...s.swaps] }));

export const panels: Panel[] = [
  { batch: 1, n: 1, first: 0, width: 1 },
  { batch: 2, n: 5, first: 0, width: 3 },
  { batch: 2, n: 7, first: 3, width: 3 },
  { batch: 2, n: 7, first: 6, width: 1 },
  { batch: 2, n: 12, first: 0, width: 4 },
  { batch: 1, n: 20, first: 8, width: 8 },
  { batch: 1, n: 40, first: 36, width: 4 },
];
