import { at, build, count, type Nd, positive, replaced, spread } from './array.ts';

/** The same numbers in another shape; one size may be -1. */
export function reshape(x: Nd, shape: readonly number[]): Nd {
  const known = count(shape.filter((n) => n >= 0));
  const full = shape.map((n) => (n < 0 ? x.data.length / known : n));
  return { ...x, shape: full };
}

/** Output axis i is input axis order[i]. */
export function permute(x: Nd, order: readonly number[]): Nd {
  const axes = order.map((a) => positive(a, x.shape.length));
  const shape = axes.map((a) => x.shape[a]);
  return build(
    shape,
    (index) =>
      at(
        x,
        x.shape.map((_, a) => index[axes.indexOf(a)]),
      ),
    x.dtype,
  );
}

/** Two axes exchanged, the last two unless said. */
export function transpose(x: Nd, a = -1, b = -2): Nd {
  const order = x.shape.map((_, axis) => axis);
  const [i, j] = [positive(a, order.length), positive(b, order.length)];
  [order[i], order[j]] = [j, i];
  return permute(x, order);
}

type Range = readonly [number?, number?, number?] | null;

/** The places a NumPy slice visits along an axis of n elements. */
function places(range: Range | undefined, n: number): number[] {
  const [from, to, step = 1] = range ?? [];
  const clip = (i: number) => Math.max(step < 0 ? -1 : 0, Math.min(n, i < 0 ? i + n : i));
  const found: number[] = [];
  const start = from === undefined ? (step < 0 ? n - 1 : 0) : clip(from);
  const end = to === undefined ? (step < 0 ? -1 : n) : clip(to);
  for (let i = Math.min(start, step < 0 ? n - 1 : n); step < 0 ? i > end : i < end; i += step) {
    found.push(i);
  }
  return found;
}

/** x[from : to : step] along each axis, as NumPy has it; null takes all. */
export function slice(x: Nd, ranges: readonly Range[]): Nd {
  const taken = x.shape.map((n, a) => places(ranges[a], n));
  const shape = taken.map((p) => p.length);
  return build(
    shape,
    (index) =>
      at(
        x,
        index.map((v, a) => taken[a][v]),
      ),
    x.dtype,
  );
}

/** The order of elements along some axes turned round, along all when none is given. */
export function flip(x: Nd, axes?: number | readonly number[]): Nd {
  const all = x.shape.map((_, a) => a);
  const turned = axes === undefined ? all : [axes].flat().map((a) => positive(a, all.length));
  const turn = (v: number, a: number) => (turned.includes(a) ? x.shape[a] - 1 - v : v);
  return build(x.shape, (index) => at(x, index.map(turn)), x.dtype);
}

export const broadcastTo = (x: Nd, shape: readonly number[]): Nd =>
  build(shape, (index) => spread(x, index), x.dtype);

/** The whole array laid end to end along an axis. */
export function repeat(x: Nd, times: number, axis = 0): Nd {
  const a = positive(axis, x.shape.length);
  const shape = replaced(x.shape, a, x.shape[a] * times);
  return build(shape, (index) => at(x, replaced(index, a, index[a] % x.shape[a])), x.dtype);
}

export function pad(x: Nd, widths: readonly (readonly [number, number])[], value = 0): Nd {
  const shape = x.shape.map((n, a) => n + widths[a][0] + widths[a][1]);
  return build(
    shape,
    (index) => {
      const inner = index.map((v, a) => v - widths[a][0]);
      return inner.every((v, a) => v >= 0 && v < x.shape[a]) ? at(x, inner) : value;
    },
    x.dtype,
  );
}

export function concat(xs: readonly Nd[], axis: number): Nd {
  const a = positive(axis, xs[0].shape.length);
  const sizes = xs.map((x) => x.shape[a]);
  const total = sizes.reduce((s, n) => s + n, 0);
  return build(
    replaced(xs[0].shape, a, total),
    (index) => {
      let [part, rest] = [0, index[a]];
      while (rest >= sizes[part]) rest -= sizes[part++];
      return at(xs[part], replaced(index, a, rest));
    },
    xs[0].dtype,
  );
}

export function stack(xs: readonly Nd[], axis: number): Nd {
  const a = positive(axis, xs[0].shape.length + 1);
  const shape = [...xs[0].shape.slice(0, a), xs.length, ...xs[0].shape.slice(a)];
  const without = (index: number[]) => index.filter((_, i) => i !== a);
  return build(shape, (index) => at(xs[index[a]], without(index)), xs[0].dtype);
}

export function split(x: Nd, parts: number | readonly number[], axis: number): Nd[] {
  const a = positive(axis, x.shape.length);
  const equal = (n: number) => Array.from({ length: n }, () => x.shape[a] / n);
  const sizes = typeof parts === 'number' ? equal(parts) : parts;
  let start = 0;
  return sizes.map((size) => {
    const begin = start;
    start += size;
    const shifted = (index: number[]) => replaced(index, a, index[a] + begin);
    return build(replaced(x.shape, a, size), (index) => at(x, shifted(index)), x.dtype);
  });
}

/** table[..., indices, ...] along an axis: the axis is replaced by the axes of the indices. */
export function gather(table: Nd, indices: Nd, axis = 0): Nd {
  const a = positive(axis, table.shape.length);
  const n = indices.shape.length;
  const shape = [...table.shape.slice(0, a), ...indices.shape, ...table.shape.slice(a + 1)];
  return build(shape, (index) => {
    const row = at(indices, index.slice(a, a + n));
    return at(table, [...index.slice(0, a), row, ...index.slice(a + n)]);
  });
}

/** The transpose of gather: zeros of the given size along the axis, to which values are added. */
export function scatterAdd(values: Nd, indices: Nd, size: number, axis = 0): Nd {
  const a = axis < 0 ? axis + values.shape.length - indices.shape.length + 1 : axis;
  const n = indices.shape.length;
  const shape = [...values.shape.slice(0, a), size, ...values.shape.slice(a + n)];
  const out = build(shape, () => 0);
  build(values.shape, (index) => {
    const row = at(indices, index.slice(a, a + n));
    const place = [...index.slice(0, a), row, ...index.slice(a + n)];
    out.data[place.reduce((acc, v, i) => acc * shape[i] + v, 0)] += at(values, index);
    return 0;
  });
  return out;
}

/** Sums of rows by rising ids. */
export const segmentSum = (x: Nd, ids: Nd, segments: number): Nd => scatterAdd(x, ids, segments);

/** Maxima of rows by rising ids, -inf without rows. */
export const segmentMax = (x: Nd, ids: Nd, segments: number): Nd =>
  build([segments, ...x.shape.slice(1)], ([s, ...rest]) =>
    ids.data.reduce(
      (most, id, j) => (id === s ? Math.max(most, at(x, [j, ...rest])) : most),
      Number.NEGATIVE_INFINITY,
    ),
  );

/** Means of rows by rising ids, 0 without rows. */
export function segmentMean(x: Nd, ids: Nd, segments: number): Nd {
  const sums = segmentSum(x, ids, segments);
  const counts = Array.from({ length: segments }, (_, s) => ids.data.filter((i) => i === s).length);
  const each = sums.data.length / segments;
  const data = sums.data.map((v, i) => v / Math.max(1, counts[Math.floor(i / each)]));
  return { ...sums, data };
}

export const oneHot = (indices: Nd, n: number): Nd =>
  build([...indices.shape, n], (index) => +(at(indices, index.slice(0, -1)) === index.at(-1)));

export const tril = (x: Nd, k = 0): Nd =>
  build(x.shape, (index) => (index.at(-1)! - index.at(-2)! <= k ? at(x, index) : 0));
export const triu = (x: Nd, k = 0): Nd =>
  build(x.shape, (index) => (index.at(-1)! - index.at(-2)! >= k ? at(x, index) : 0));
