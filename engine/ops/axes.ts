import { demand } from '../errors.ts';
import type { Adapter } from '../op.ts';
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

/** How a line kernel is laid out: groups of WIDTH lines, or WX lines shared by WY threads each. */
export type Layout =
  | { readonly tree: false; readonly groups: number; readonly overrides: { WIDTH: number } }
  | {
      readonly tree: true;
      readonly groups: number;
      readonly overrides: { WX: number; WY: number };
    };

/**
 * One thread per line, or a tree of threads. A software driver pays for every barrier; a GPU is
 * kept busy by 32,768 threads and reads short rows of one thread well enough out of its cache.
 */
export function layoutOf(gpu: Adapter, { outer, n, inner }: Line): Layout {
  const lines = outer * inner;
  if (gpu.software || (inner === 1 ? n <= 32 : lines >= 32768)) {
    const WIDTH = gpu.software && lines < 4096 ? 16 : 64;
    return { tree: false, groups: Math.ceil(lines / WIDTH), overrides: { WIDTH } };
  }
  const WX = Math.min(32, 2 ** Math.ceil(Math.log2(inner)));
  const WY = inner > 1 ? 256 / WX : n > 1024 ? 256 : 64;
  return { tree: true, groups: outer * Math.ceil(inner / WX), overrides: { WX, WY } };
}
