import concatNaive from '../../shaders/concat/1_naive.wgsl';
import concatVec4 from '../../shaders/concat/2_vec4.wgsl';
import padNaive from '../../shaders/pad/1_naive.wgsl';
import padVec4 from '../../shaders/pad/2_vec4.wgsl';
import triangle from '../../shaders/triangle/1_naive.wgsl';
import { about, demand } from '../errors.ts';
import { lines } from '../kernel.ts';
import { op, toTensor } from '../op.ts';
import { type Arg, dims, type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { partsOf } from './parts.ts';
import { where } from './pointwise.ts';
import { axisOf, broadcastTo, reshape, slice } from './view.ts';

/** Elements added in front of and behind each dimension. */
export type Widths = readonly (readonly [number, number])[];

/** Kernels here copy 32-bit words. */
function demandWords(t: Tensor): void {
  demand(
    t.dtype !== 'u8' && t.dtype !== 'f16',
    () => `${dims(t)} is ${t.dtype}, which is storage only. Use cast(x, 'f32').`,
  );
}

const padOp = op<{ widths: Widths }>('pad', {
  shape([x], { widths }) {
    demandWords(x);
    return x.shape.map((d, i) => d + widths[i][0] + widths[i][1]);
  },
  run(k, [y], [x], { widths }) {
    if (y.size === 0) return;
    const frame = frameOf(x.shape, widths);
    const quads = [frame[3].n, frame[3].m, frame[3].before].every((d) => d % 4 === 0);
    if (quads) for (const key of ['n', 'm', 'before'] as const) frame[3][key] /= 4;
    const params = Object.fromEntries(
      frame.flatMap(({ n, m, before }, i) => [
        [`n${i}`, n],
        [`m${i}`, m],
        [`before${i}`, before],
      ]),
    );
    const groups = Math.ceil(y.size / (quads ? 256 : 64));
    k.dispatch(quads ? padVec4 : padNaive, { x, y }, params, lines(groups));
  },
  vjp: ([g], [x], { widths }) => [
    slice(
      g,
      x.shape.map((d, i) => [widths[i][0], widths[i][0] + d]),
    ),
  ],
});

/** Sizes before and after padding, as four dimensions: a padded one takes in what lies within it. */
function frameOf(shape: Shape, widths: Widths): { n: number; m: number; before: number }[] {
  const frame = [{ n: 1, m: 1, before: 0 }];
  shape.forEach((d, i) => {
    const [before, after] = widths[i];
    const last = frame[frame.length - 1];
    if (before + after > 0) frame.push({ n: d, m: d + before + after, before });
    else for (const key of ['n', 'm', 'before'] as const) last[key] *= d;
  });
  while (frame.length < 4) frame.unshift({ n: 1, m: 1, before: 0 });
  return frame;
}

/** Zeros around x; the kernel pads up to three dimensions at a time. */
function padZeros(x: Tensor, widths: Widths): Tensor {
  const padded = widths.flatMap(([before, after], i) => (before + after > 0 ? [i] : []));
  if (padded.length === 0) return x;
  const now = new Set(padded.slice(0, 3));
  const part = (chosen: (i: number) => boolean): Widths =>
    widths.map((w, i) => (chosen(i) ? w : [0, 0]));
  const some = padOp([x], { widths: part((i) => now.has(i)) });
  return padded.length > 3
    ? padZeros(
        some,
        part((i) => !now.has(i)),
      )
    : some;
}

/**
 * x within a frame of `value`: `widths` gives the elements added before and after, one pair per
 * dimension. Throws for another number of pairs and for negative widths.
 */
export const pad = (x: Arg, widths: Widths, value: Arg = 0): Tensor =>
  about('pad', () => {
    const t = toTensor(x);
    demand(
      widths.length === t.shape.length,
      () => `${widths.length} pairs for ${dims(t)}. Give [before, after] for each dimension.`,
    );
    demand(
      widths.flat().every((w) => Number.isInteger(w) && w >= 0),
      () =>
        `widths ${JSON.stringify(widths)} of ${dims(t)}. Use integers of at least 0; see slice().`,
    );
    const framed = padZeros(t, widths);
    if (value === 0 || framed === t) return framed;
    return where(padZeros(broadcastTo(1, t.shape), widths), framed, value);
  });

const concatOp = op<{ axis: number }>('concat', {
  shape(xs, { axis }) {
    for (const x of xs) {
      demandWords(x);
      demand(
        x.dtype === xs[0].dtype,
        () => `dtypes differ: ${xs.map((t) => `${dims(t)} ${t.dtype}`).join(', ')}. Use cast().`,
      );
      demand(
        x.shape.length === xs[0].shape.length &&
          x.shape.every((d, i) => i === axis || d === xs[0].shape[i]),
        () => `${xs.map(dims).join(', ')} differ in more than axis ${axis}. Reshape or slice them.`,
      );
    }
    const total = xs.reduce((n, x) => n + x.shape[axis], 0);
    return xs[0].shape.map((d, i) => (i === axis ? total : d));
  },
  run(k, [y], xs, { axis }) {
    const outer = sizeOf(y.shape.slice(0, axis));
    const within = sizeOf(y.shape.slice(axis + 1));
    const quads = xs.every((x) => (x.shape[axis] * within) % 4 === 0);
    const unit = quads ? within / 4 : within;
    let before = 0;
    for (const x of xs) {
      const sizes = { outer, inner: x.shape[axis] * unit, width: y.shape[axis] * unit };
      const groups = lines(Math.ceil((outer * sizes.inner) / 64));
      const params = { ...sizes, offset: before * unit };
      if (x.size > 0) k.dispatch(quads ? concatVec4 : concatNaive, { x, y }, params, groups);
      before += x.shape[axis];
    }
  },
  vjp: ([g], xs, { axis }) =>
    split(
      g,
      xs.map((x) => x.shape[axis]),
      axis,
    ),
});

/** Tensors end to end along an axis; all other sizes must agree. Throws for no tensors. */
export const concat = (xs: readonly Arg[], axis = 0): Tensor =>
  about('concat', () => {
    demand(xs.length > 0, () => 'got no tensors. Pass at least one.');
    const ts = xs.map((x) => toTensor(x));
    const a = axisOf(axis, ts[0].shape.length);
    return ts.length === 1 ? ts[0] : concatOp(ts, { axis: a });
  });

/** Tensors of one shape side by side along a new axis. Throws when shapes differ. */
export const stack = (xs: readonly Arg[], axis = 0): Tensor =>
  about('stack', () => {
    demand(xs.length > 0, () => 'got no tensors. Pass at least one.');
    const ts = xs.map((x) => toTensor(x));
    const { shape } = ts[0];
    demand(
      ts.every((t) => dims(t) === dims(shape)),
      () => `shapes differ: ${ts.map(dims).join(', ')}. Broadcast or reshape them.`,
    );
    const a = axisOf(axis, shape.length + 1);
    const cell = [...shape.slice(0, a), 1, ...shape.slice(a)];
    return concat(
      ts.map((t) => reshape(t, cell)),
      a,
    );
  });

/**
 * Cuts x along an axis into equal parts, or into parts of the given sizes. No copy where the parts
 * lie end to end in multiples of 64 elements, or where fused.
 */
export const split = (x: Arg, parts: number | readonly number[], axis = 0): Tensor[] =>
  about('split', () => {
    const t = toTensor(x);
    const a = axisOf(axis, t.shape.length);
    const d = t.shape[a];
    const even = typeof parts === 'number';
    const sizes = even ? Array.from({ length: parts }, () => d / parts) : parts;
    demand(
      sizes.every((s) => Number.isInteger(s) && s >= 0) && sizes.reduce((n, s) => n + s, 0) === d,
      () =>
        `axis ${a} of ${dims(t)} does not split into ${even ? `${parts} equal parts` : `[${parts}]`}. ` +
        `Give sizes that add up to ${d}.`,
    );
    const inPlace = partsOf(t, sizes, a);
    if (inPlace) return inPlace;
    let start = 0;
    return sizes.map((size) => {
      const [from, to] = [start, start + size];
      start = to;
      return slice(t, [...t.shape.slice(0, a).map(() => null), [from, to]]);
    });
  });

const triangleOp = op<{ k: number; upper: boolean }>('triangle', {
  shape: ([x]) => x.shape,
  run(k, [y], [x], attrs) {
    const [rows, cols] = x.shape.slice(-2);
    const params = { size: x.size, rows, cols, k: attrs.k };
    const groups = lines(Math.ceil(x.size / 64));
    if (x.size > 0) k.dispatch(triangle, { x, y }, params, groups, { UPPER: Number(attrs.upper) });
  },
  vjp: ([g], _, { k, upper }) => [upper ? triu(g, k) : tril(g, k)],
});

function triangular(name: string, x: Arg, k: number, upper: boolean): Tensor {
  return about(name, () => {
    const t = toTensor(x);
    demand(
      t.shape.length >= 2 && t.dtype === 'f32',
      () => `${dims(t)} ${t.dtype}, expected matrices of f32. Reshape or cast(x, 'f32').`,
    );
    return triangleOp([t], { k, upper });
  });
}

/** Matrices with zeros above diagonal k (0 the main one, positive above it). */
export const tril = (x: Arg, k = 0): Tensor => triangular('tril', x, k, false);
/** Matrices with zeros below diagonal k (0 the main one, positive above it). */
export const triu = (x: Arg, k = 0): Tensor => triangular('triu', x, k, true);
