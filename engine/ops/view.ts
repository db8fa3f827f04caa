import { about, demand } from '../errors.ts';
import { op, toTensor } from '../op.ts';
import { type Arg, dims, type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { pad } from './layout.ts';
import { broadcastShapes } from './pointwise.ts';
import { sum } from './reduce.ts';

/** An axis counted from the front; negative ones count from the back. Throws out of range. */
export function axisOf(axis: number, rank: number): number {
  const a = axis < 0 ? axis + rank : axis;
  demand(
    Number.isInteger(a) && a >= 0 && a < rank,
    () => `axis ${axis} is out of range for ${rank} dimensions. Use ${-rank} to ${rank - 1}.`,
  );
  return a;
}

const identity = (rank: number): number[] => Array.from({ length: rank }, (_, i) => i);
const fullRank = (shape: Shape) => ({
  start: shape.map(() => 0),
  from: identity(shape.length),
  step: shape.map(() => 1),
});

const reshapeOp = op<{ shape: Shape }>('reshape', {
  kind: 'alias',
  offset: () => 0,
  shape([x], { shape }) {
    demand(
      sizeOf(shape) === x.size,
      () =>
        `${dims(x)} has ${x.size} elements, ${dims(shape)} has ${sizeOf(shape)}. Sizes must agree.`,
    );
    return shape;
  },
  vjp: ([g], [x]) => [reshape(g, x.shape)],
});

/** The same elements in another shape; one size may be −1. No copy. */
export function reshape(x: Arg, shape: Shape): Tensor {
  const t = toTensor(x);
  const known = shape.reduce((n, d) => (d === -1 ? n : n * d), 1);
  const full = shape.map((d) => (d === -1 ? t.size / known : d));
  demand(
    full.every(Number.isInteger) && shape.filter((d) => d === -1).length <= 1,
    () =>
      `reshape: ${dims(t)} with ${t.size} elements does not fit ${dims(shape)}. ` +
      'Use one -1 at most, where the other sizes divide the number of elements.',
  );
  if (full.length === t.shape.length && full.every((d, i) => d === t.shape[i])) return t;
  return reshapeOp([t], { shape: full });
}

const stopOp = op('stopGradient', {
  kind: 'alias',
  offset: () => 0,
  shape: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
});

/** The same value, through which no gradient passes. */
export const stopGradient = (x: Arg): Tensor => stopOp([x]);

const sameOp = op('same', {
  kind: 'alias',
  offset: () => 0,
  shape: ([x]) => x.shape,
  vjp: ([g]) => [g],
});

/** The same tensor as a node of its own, to differentiate for it and not for what it is made of. */
export const same = (t: Tensor): Tensor => sameOp([t]);

const permuteOp = op<{ order: readonly number[] }>('permute', {
  kind: 'view',
  shape([x], { order }) {
    demand(
      order.length === x.shape.length && new Set(order).size === order.length,
      () => `order [${order}] is no permutation of the dimensions of ${dims(x)}. Name each once.`,
    );
    return order.map((d) => x.shape[axisOf(d, x.shape.length)]);
  },
  view: (input, { order }) => ({ ...fullRank(input), from: order }),
  vjp: ([g], _, { order }) => [
    permute(
      g,
      identity(order.length).map((i) => order.indexOf(i)),
    ),
  ],
});

/** Dimensions in another order. Read in place by a fused kernel, else copied. */
export function permute(x: Arg, order: readonly number[]): Tensor {
  const t = toTensor(x);
  return permuteOp([t], { order: order.map((d) => (d < 0 ? d + t.shape.length : d)) });
}

/** The last two dimensions swapped, or the two given. */
export function transpose(x: Arg, a = -1, b = -2): Tensor {
  const t = toTensor(x);
  const order = identity(t.shape.length);
  const [i, j] = about('transpose', () => [a, b].map((x) => axisOf(x, order.length)));
  [order[i], order[j]] = [j, i];
  return permute(t, order);
}

interface Range {
  start: readonly number[];
  size: readonly number[];
  step: readonly number[];
}

const sliceOp = op<Range>('slice', {
  kind: 'view',
  shape([x], { start, size, step }) {
    x.shape.forEach((d, i) => {
      const last = start[i] + (size[i] - 1) * step[i];
      demand(
        size[i] === 0 || (start[i] >= 0 && start[i] < d && last >= 0 && last < d),
        () =>
          `dimension ${i} of ${dims(x)}: start ${start[i]}, size ${size[i]}, step ${step[i]} ` +
          `leaves 0..${d - 1}. Use a smaller size.`,
      );
    });
    return size;
  },
  view: (input, { start, step }) => ({ ...fullRank(input), start, step }),
  vjp: ([g], [x], range) => [unslice(g, x.shape, range)],
});

/** The gradient of slice: zeros with g put back where it was read. */
function unslice(g: Tensor, shape: Shape, { start, size, step }: Range): Tensor {
  if (g.size === 0) return broadcastTo(0, shape);
  let spread = flip(
    g,
    identity(shape.length).filter((i) => step[i] < 0),
  );
  shape.forEach((_, i) => {
    spread = dilate(spread, i, Math.abs(step[i]));
  });
  return pad(
    spread,
    shape.map((d, i) => {
      const first = step[i] < 0 ? start[i] + (size[i] - 1) * step[i] : start[i];
      return [first, d - first - spread.shape[i]] as [number, number];
    }),
  );
}

/** step − 1 zeros between neighbours along one axis. */
function dilate(x: Tensor, axis: number, step: number): Tensor {
  if (step === 1) return x;
  const { shape } = x;
  const cells = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
  const padded = pad(
    reshape(x, cells),
    cells.map((_, i) => (i === axis + 1 ? [0, step - 1] : [0, 0]) as [number, number]),
  );
  const run = shape.map((d, i) => (i === axis ? d * step : d));
  return slice(
    reshape(padded, run),
    run.map((d, i) => (i === axis ? [0, d - step + 1] : null)),
  );
}

/**
 * x[start : end : step] per dimension, as NumPy's: null or missing entries take the whole dimension,
 * negative indices count from the end.
 */
export function slice(
  x: Arg,
  ranges: readonly (readonly [number?, number?, number?] | null)[],
): Tensor {
  const t = toTensor(x);
  demand(
    ranges.length <= t.shape.length,
    () => `slice: ${ranges.length} ranges for ${dims(t)}. Give at most one per dimension.`,
  );
  const bounds = t.shape.map((d, i) => rangeOf(ranges[i] ?? [], d));
  return sliceOp([t], {
    start: bounds.map((b) => b[0]),
    size: bounds.map((b) => b[1]),
    step: bounds.map((b) => b[2]),
  });
}

function rangeOf([from, to, step = 1]: readonly [number?, number?, number?], d: number) {
  demand(Number.isInteger(step) && step !== 0, () => `slice: step ${step}. Use a nonzero integer.`);
  const clip = (i: number, lo: number, hi: number) => Math.min(hi, Math.max(lo, i < 0 ? i + d : i));
  const start = step > 0 ? clip(from ?? 0, 0, d) : clip(from ?? d - 1, -1, d - 1);
  const end = step > 0 ? clip(to ?? d, 0, d) : to === undefined ? -1 : clip(to, -1, d - 1);
  return [start, Math.max(0, Math.ceil((end - start) / step)), step];
}

/** The order of elements reversed along the given axes, all by default. */
export function flip(x: Arg, axes?: number | readonly number[]): Tensor {
  const t = toTensor(x);
  const all = identity(t.shape.length);
  const named = axes === undefined ? all : [axes].flat();
  const chosen = about('flip', () => named.map((a) => axisOf(a, all.length)));
  if (chosen.length === 0) return t;
  return slice(
    t,
    all.map((i) => (chosen.includes(i) ? [undefined, undefined, -1] : null)),
  );
}

const broadcastOp = op<{ shape: Shape }>('broadcastTo', {
  kind: 'view',
  shape([x], { shape }) {
    const result = broadcastShapes(x.shape, shape);
    demand(
      sizeOf(result) === sizeOf(shape) && result.length === shape.length,
      () => `${dims(x)} does not broadcast to ${dims(shape)}. Sizes must be equal or 1.`,
    );
    return shape;
  },
  view(input, { shape }) {
    const lead = shape.length - input.length;
    return {
      start: input.map(() => 0),
      from: shape.map((d, i) => (i < lead || (input[i - lead] === 1 && d !== 1) ? -1 : i - lead)),
      step: shape.map(() => 1),
    };
  },
  vjp: ([g], [x]) => [unbroadcast(g, x.shape)],
});

/** x repeated along dimensions of size 1 and new leading ones. */
export function broadcastTo(x: Arg, shape: Shape): Tensor {
  const t = toTensor(x);
  if (t.shape.length === shape.length && t.shape.every((d, i) => d === shape[i])) return t;
  return broadcastOp([t], { shape });
}

/** Brings a gradient to the shape of what was broadcast: sums over the dimensions that grew. */
export function unbroadcast(g: Tensor, shape: Shape): Tensor {
  const lead = g.shape.length - shape.length;
  if (lead < 0 || shape.some((d, i) => d !== 1 && d !== g.shape[i + lead])) {
    return broadcastTo(g, shape);
  }
  const axes = identity(g.shape.length).filter(
    (i) => i < lead || (shape[i - lead] === 1 && g.shape[i] !== 1),
  );
  return axes.length ? reshape(sum(g, axes), shape) : g;
}

/** The whole tensor `times` times in a row along an axis. */
export function repeat(x: Arg, times: number, axis = 0): Tensor {
  const t = toTensor(x);
  const a = about('repeat', () => axisOf(axis, t.shape.length));
  const inner = [...t.shape.slice(0, a), 1, ...t.shape.slice(a)];
  const grown = inner.map((d, i) => (i === a ? times : d));
  const shape = t.shape.map((d, i) => (i === a ? d * times : d));
  return reshape(broadcastTo(reshape(t, inner), grown), shape);
}
