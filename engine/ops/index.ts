import gatherNaive from '../../shaders/gather/1_naive.wgsl';
import gatherVec4 from '../../shaders/gather/2_vec4.wgsl';
import bytesNaive from '../../shaders/gather_bytes/1_naive.wgsl';
import bytesWords from '../../shaders/gather_bytes/2_words.wgsl';
import links from '../../shaders/index_links/2_vec4.wgsl';
import addNaive from '../../shaders/scatter_add/1_naive.wgsl';
import addVec4 from '../../shaders/scatter_add/2_vec4.wgsl';
import { tensor } from '../create.ts';
import { about, demand } from '../errors.ts';
import { lines } from '../kernel.ts';
import { op, toTensor } from '../op.ts';
import { type Arg, dims, type DType, sizeOf, type Tensor } from '../tensor.ts';
import { cast, equal } from './pointwise.ts';
import { axisOf, reshape } from './view.ts';

const NAN = 0x7fc00000; // bits of the f32

/** Throws unless t can point at places. */
function demandIndex(t: Tensor): void {
  demand(
    t.dtype === 'u32' || t.dtype === 'i32',
    () => `indices ${dims(t)} are ${t.dtype}, expected u32 or i32. Use cast(x, 'u32').`,
  );
}

const gatherOp = op<{ axis: number }>('gather', {
  shape([table, index], { axis }) {
    demand(table.dtype !== 'f16', () => `the table ${dims(table)} is f16. Use cast(table, 'f32').`);
    const dtype: DType = table.dtype === 'u8' ? 'f32' : table.dtype;
    const { shape } = table;
    return { shape: [...shape.slice(0, axis), ...index.shape, ...shape.slice(axis + 1)], dtype };
  },
  run(k, [y], [table, index], { axis }) {
    if (y.size === 0) return;
    const bytes = table.dtype === 'u8';
    const [outer, inner] = [table.shape.slice(0, axis), table.shape.slice(axis + 1)].map(sizeOf);
    const missing = y.dtype === 'f32' ? NAN : 0;
    const params = { outer, inner, rows: table.shape[axis], n: index.size, missing };
    const quads = inner % 4 === 0;
    const kernel = bytes ? (quads ? bytesWords : bytesNaive) : quads ? gatherVec4 : gatherNaive;
    k.dispatch(kernel, { table, index, y }, params, lines(Math.ceil(y.size / (quads ? 256 : 64))));
  },
  vjp: ([g], [table, index], { axis }) => [
    table.dtype === 'f32' ? scatterAdd(g, index, table.shape[axis], axis) : null,
    null,
  ],
});

/**
 * The rows of a table that indices (u32 or i32, of any shape) name: an axis of the table is replaced
 * by the axes of the indices. A u8 table gives f32. An index that is no row gives NaN (0 in an
 * integer table).
 */
export const gather = (table: Arg, indices: Arg, axis = 0): Tensor =>
  about('gather', () => {
    const [t, i] = [toTensor(table), toTensor(indices, 'u32')];
    demandIndex(i);
    const a = axisOf(axis, t.shape.length);
    demand(
      t.shape[a] > 0 || i.size === 0,
      () => `axis ${a} of ${dims(t)} has no row to take. Check for an empty table.`,
    );
    return gatherOp([t, i], { axis: a });
  });

const scatterAddOp = op<{ size: number; axis: number }>('scatterAdd', {
  shape([values, index], { size, axis }) {
    const { shape } = values;
    return [...shape.slice(0, axis), size, ...shape.slice(axis + index.shape.length)];
  },
  run(k, [y], [values, index], { size, axis }) {
    if (y.size === 0) return;
    const [outer, inner] = [y.shape.slice(0, axis), y.shape.slice(axis + 1)].map(sizeOf);
    const [rows, n] = [size, index.size];
    const first = k.scratch(rows, 'u32');
    const next = k.scratch(n, 'u32');
    k.dispatch(links, { index, first, next }, { n, rows }, lines(Math.ceil(rows / 64)));
    const quads = inner % 4 === 0;
    const groups = lines(Math.ceil(y.size / (quads ? 256 : 64)));
    const params = { outer, n, inner, rows };
    k.dispatch(quads ? addVec4 : addNaive, { values, first, next, y }, params, groups);
  },
  vjp: ([g], [, index], { axis }) => [gather(g, index, axis), null],
});

/**
 * Zeros with `size` rows along an axis, to which the values are added at their indices: the transpose
 * of gather. The same bits every time. To find its values each row reads all indices.
 */
export const scatterAdd = (values: Arg, indices: Arg, size: number, axis = 0): Tensor =>
  about('scatterAdd', () => {
    const [v, i] = [toTensor(values), toTensor(indices, 'u32')];
    demandIndex(i);
    const a = axisOf(axis, v.shape.length - i.shape.length + 1);
    demand(
      v.dtype === 'f32' && i.shape.every((d, j) => d === v.shape[a + j]),
      () =>
        `values ${dims(v)} ${v.dtype} for indices ${dims(i)}, expected f32 with the indices' shape ` +
        `from axis ${a} on. Reshape or cast them.`,
    );
    demand(
      Number.isInteger(size) && size >= 0,
      () => `size ${size} for ${dims(v)}. Use an integer of at least 0.`,
    );
    return scatterAddOp([v, i], { size, axis: a });
  });

/** 1 at each index along a new last axis of size n, else 0 (f32). An index beyond it gives zeros. */
export const oneHot = (indices: Arg, n: number): Tensor =>
  about('oneHot', () => {
    const i = toTensor(indices, 'u32');
    demandIndex(i);
    const places = Array.from({ length: n }, (_, place) => place);
    return cast(equal(reshape(i, [...i.shape, 1]), tensor(places, [n], i.dtype)), 'f32');
  });
