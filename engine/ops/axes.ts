import { demand } from '../errors.ts';
import { dims, type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { axisOf, permute, reshape } from './view.ts';

/** The axes of a reduction: one or several; negative ones count from the back. */
export type Axes = number | readonly number[];
export interface Keep {
  /** Keep the folded axes, with size 1. */
  keep?: boolean;
}

/** Neighbouring axes folded into one: the tensor is [outer, n, inner]. */
export interface Line {
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

/** Where neighbouring axes stand in a shape; axes of size 1 between them don't matter. */
export function lineOf(shape: Shape, axes: readonly number[]): Line {
  if (axes.length === 0) return { outer: sizeOf(shape), n: 1, inner: 1 };
  return {
    outer: sizeOf(shape.slice(0, axes[0])),
    n: axes.reduce((n, a) => n * shape[a], 1),
    inner: sizeOf(shape.slice(axes[axes.length - 1] + 1)),
  };
}

/** A shape without the given axes, or with size 1 there. */
export function without(shape: Shape, axes: readonly number[], keep: boolean): Shape {
  if (keep) return shape.map((d, i) => (axes.includes(i) ? 1 : d));
  return shape.filter((_, i) => !axes.includes(i));
}

/** Axes counted from the front, sorted; all of them when none is given. Throws for one named twice. */
export function axesOf(t: Tensor, axes: Axes | undefined): number[] {
  const list = axes === undefined ? t.shape.map((_, i) => i) : [axes].flat();
  const found = list.map((a) => axisOf(a, t.shape.length)).sort((a, b) => a - b);
  demand(
    new Set(found).size === found.length,
    () => `axes [${list.join(', ')}] of ${dims(t)} name an axis twice. Name each once.`,
  );
  return found;
}

/** Axes in groups of neighbours, the last group first. */
export function neighbours(shape: Shape, axes: readonly number[]): number[][] {
  const groups: number[][] = [];
  for (const a of [...axes].reverse()) {
    const near = groups[groups.length - 1];
    if (near && sizeOf(shape.slice(a + 1, near[0])) === 1) near.unshift(a);
    else groups.push([a]);
  }
  return groups;
}

/** A tensor as [outer, n, inner] with its axes folded into n, in order; axes apart are brought together. */
export function asLines(t: Tensor, axes: readonly number[]): Tensor {
  if (neighbours(t.shape, axes).length <= 1) {
    const { outer, n, inner } = lineOf(t.shape, axes);
    return reshape(t, [outer, n, inner]);
  }
  const others = t.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const n = axes.reduce((size, a) => size * t.shape[a], 1);
  const shape = [sizeOf(without(t.shape, axes, false)), n, 1];
  return reshape(permute(t, [...others, ...axes]), shape);
}

export function demandFloat(t: Tensor): void {
  demand(t.dtype === 'f32', () => `${dims(t)} is ${t.dtype}, expected f32. Use cast(x, 'f32').`);
}
