import { at, build, count, type Nd, positive, replaced } from './array.ts';

/** The axes of a reduction: one, several, or all when none is given. */
export type Axes = number | readonly number[] | undefined;
interface Keep {
  keep?: boolean;
}

/** Every reduction: gathers the numbers that meet in one output, in row-major order, and folds them. */
function reduction(fold: (values: number[]) => number, dtype: Nd['dtype'] = 'f32') {
  return (x: Nd, axes?: Axes, { keep = false }: Keep = {}): Nd => {
    const rank = x.shape.length;
    const list = axes === undefined ? x.shape.map((_, i) => i) : [axes].flat();
    const gone = new Set(list.map((a) => positive(a, rank)));
    const kept = build(
      x.shape.map((n, axis) => (gone.has(axis) ? 1 : n)),
      (outer) => {
        const start = [...outer];
        const values: number[] = [];
        build(
          x.shape.map((n, axis) => (gone.has(axis) ? n : 1)),
          (inner) =>
            values.push(
              at(
                x,
                inner.map((v, axis) => v + start[axis]),
              ),
            ),
        );
        return fold(values);
      },
      dtype,
    );
    const shape = keep ? kept.shape : kept.shape.filter((_, axis) => !gone.has(axis));
    return { ...kept, shape };
  };
}

const total = (v: number[]): number => v.reduce((a, b) => a + b, 0);
const average = (v: number[]): number => total(v) / v.length;
const top = (v: number[]): number => v.reduce((a, b) => (Number.isNaN(a) || a >= b ? a : b));
const bottom = (v: number[]): number => -top(v.map((x) => -x));

function logSum(v: number[]): number {
  const m = v.length > 0 ? top(v) : -Infinity;
  return Math.abs(m) === Infinity ? m : m + Math.log(total(v.map((x) => Math.exp(x - m))));
}

export const sum = reduction(total);
export const mean = reduction(average);
export const max = reduction(top);
export const min = reduction(bottom);
export const prod = reduction((v) => v.reduce((a, b) => a * b, 1));
export const variance = reduction((v) => average(v.map((x) => (x - average(v)) ** 2)));
export const norm = reduction((v) => Math.sqrt(total(v.map((x) => x * x))));
export const argmax = reduction((v) => v.indexOf(top(v)), 'u32');
export const argmin = reduction((v) => v.indexOf(bottom(v)), 'u32');
export const logSumExp = reduction(logSum);

/** An op that turns each line of numbers along one axis into another of the same length. */
function alongAxis(x: Nd, axis: number, f: (line: number[]) => number[]): Nd {
  const a = positive(axis, x.shape.length);
  const lines = new Map<number, number[]>();
  return build(x.shape, (index) => {
    const key = replaced(index, a, 0).reduce((k, v, i) => k * x.shape[i] + v, 0);
    if (!lines.has(key)) {
      const places = Array.from({ length: x.shape[a] }, (_, i) => replaced(index, a, i));
      lines.set(key, f(places.map((p) => at(x, p))));
    }
    return lines.get(key)![index[a]];
  });
}

export const logSoftmax = (x: Nd, axis = -1): Nd =>
  alongAxis(x, axis, (v) => v.map((a) => a - logSum(v)));
export const softmax = (x: Nd, axis = -1): Nd =>
  alongAxis(x, axis, (v) => v.map((a) => Math.exp(a - logSum(v))));

export interface Scan {
  reverse?: boolean;
  exclusive?: boolean;
}

/** Running sums along an axis; `exclusive` leaves out the element itself. */
export function cumsum(x: Nd, axis = -1, { reverse = false, exclusive = false }: Scan = {}): Nd {
  return alongAxis(x, axis, (v) =>
    v.map((_, i) => {
      if (reverse) return total(v.slice(exclusive ? i + 1 : i));
      return total(v.slice(0, exclusive ? i : i + 1));
    }),
  );
}

/** The k largest of the last axis in falling order; the earlier of equals comes first. */
export function topK(x: Nd, k: number): { values: Nd; indices: Nd } {
  const shape = [...x.shape.slice(0, -1), k];
  const n = x.shape.at(-1)!;
  const order: number[][] = [];
  for (let row = 0; row < count(x.shape) / n; row++) {
    const line = Array.from(x.data.slice(row * n, row * n + n));
    order.push([...line.keys()].sort((i, j) => line[j] - line[i] || i - j).slice(0, k));
  }
  let i = 0;
  const indices = build(shape, () => order[Math.floor(i / k)][i++ % k], 'u32');
  const values = build(shape, (index) => {
    const row = index.slice(0, -1);
    return at(x, [...row, at(indices, index)]);
  });
  return { values, indices };
}
