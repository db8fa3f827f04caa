/**
 * What the tables of line kernels share: tensors [outer, n, inner] whose lines run along n, given
 * to one thread each or to WX × WY threads.
 */

/** Small workgroups, so that small shapes need several. */
export const shrink = { WIDTH: 4, WX: 2, WY: 4, SIZE: 4 };

/** Workgroups for `outer` × `inner` lines, folded over two dimensions so that this is tested too. */
export function lineGroups(o: Record<string, number>, outer: number, inner: number): number[] {
  const groups = o.WX ? outer * Math.ceil(inner / o.WX) : Math.ceil((outer * inner) / o.WIDTH);
  return groups > 3 ? [3, Math.ceil(groups / 3), 1] : [groups, 1, 1];
}

/** Numbers in [-2, 2) in no order, none equal, the same each time. */
export const ramp = (n: number, seed = 1): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => ((((i + seed) * 0.6180339887) % 1) - 0.5) * 4);

/** The same with one NaN, neither first nor last where there is room. */
export const withNaN = (x: Float32Array): Float32Array =>
  x.map((v, i) => (i === x.length >> 1 ? Number.NaN : v));
