import type { Kernel } from '../../engine/kernel.ts';

/**
 * What the tables of line kernels share: tensors [outer, n, inner] whose lines run along n, given
 * to one thread each or to WX × WY threads.
 */

/** Small workgroups, so that small shapes need several. */
export const shrink = { WIDTH: 4, WX: 2, WY: 4 };

/** Shapes [outer, n, inner] of lines. */
export const lineShapes: [number, number, number][] = [
  [1, 1, 1],
  [3, 7, 5],
  [2, 12, 1],
  [3, 48, 1],
  [5, 8, 1],
  [1, 37, 1],
  [19, 2, 1],
  [2, 3, 4],
];

/** Whether a kernel that reads rows by fours, or by sixteens, can read these lines. */
export function readsRows({ file }: Kernel, n: number, inner: number): boolean {
  const by = /wide_rows/.test(file) ? 16 : /rows|subgroup/.test(file) ? 4 : 1;
  return by === 1 || (inner === 1 && n % by === 0);
}

/** Workgroups for `outer` × `inner` lines, folded over two dimensions so that this is tested too. */
export function lineGroups(
  { overrides }: Kernel,
  o: Record<string, number>,
  outer: number,
  inner: number,
): number[] {
  if ('SIZE' in overrides) return folded(outer);
  if (!('WX' in overrides)) return folded(Math.ceil((outer * inner) / o.WIDTH));
  return folded(inner === 1 ? Math.ceil(outer / o.WX) : outer * Math.ceil(inner / o.WX));
}

export const folded = (groups: number): number[] =>
  groups > 3 ? [3, Math.ceil(groups / 3), 1] : [groups, 1, 1];

/** Numbers in [-2, 2) in no order, none equal, the same each time. */
export const ramp = (n: number, seed = 1): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => ((((i + seed) * 0.6180339887) % 1) - 0.5) * 4);

/** The same with one NaN, neither first nor last where there is room. */
export const withNaN = (x: Float32Array): Float32Array =>
  x.map((v, i) => (i === x.length >> 1 ? Number.NaN : v));

/** The lines of x [outer, n, inner], in the order of [outer, inner]. */
export function linesOf(x: ArrayLike<number>, outer: number, n: number, inner: number): number[][] {
  return Array.from({ length: outer * inner }, (_, e) => {
    const [o, i] = [Math.floor(e / inner), e % inner];
    return Array.from({ length: n }, (_, j) => x[(o * n + j) * inner + i]);
  });
}

/** The inverse of linesOf: lines of any one length back to [outer, n, inner]. */
export function fromLines(lines: number[][], inner: number): number[] {
  const n = lines[0].length;
  const outer = lines.length / inner;
  return Array.from({ length: lines.length * n }, (_, e) => {
    const [o, j, i] = [Math.floor(e / inner / n), Math.floor(e / inner) % n, e % inner];
    return lines[o * inner + i][j];
  }).slice(0, outer * n * inner);
}

export const total = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0);
/** The largest number, NaN if one is. */
export const largest = (v: readonly number[]): number =>
  v.reduce((a, b) => (Number.isNaN(a) || a > b ? a : b));
