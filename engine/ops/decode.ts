import decodeNaive from '../../shaders/attention_decode/1_naive.wgsl';
import decodeSplit from '../../shaders/attention_decode/2_split.wgsl';
import decodeSubgroup from '../../shaders/attention_decode/3_subgroup.wgsl';
import writeNaive from '../../shaders/write_rows/1_naive.wgsl';
import writeVec4 from '../../shaders/write_rows/2_vec4.wgsl';
import { type Contract, dispatch } from '../choose.ts';
import { tensor } from '../create.ts';
import { about, demand } from '../errors.ts';
import { vjp } from '../grad.ts';
import { op, toTensor } from '../op.ts';
import { currentRecording } from '../recording.ts';
import { type Arg, dims, sizeOf, type Tensor, type Variable } from '../tensor.ts';
import { attention } from './attention.ts';
import { less } from './pointwise.ts';
import { axisOf, same } from './view.ts';

/** Sizes of a step of generation: `heads` counts those of all the batch. */
interface Sizes {
  readonly heads: number;
  readonly keys: number;
  readonly depth: number;
  readonly width: number;
}

const inFours = ({ depth, width }: Sizes): boolean => depth % 4 === 0 && width % 4 === 0;

export const attentionDecodeContract: Contract<Sizes> = {
  name: 'attention_decode',
  variants: [
    {
      kernel: decodeNaive,
      launch: ({ heads, width }) => ({ groups: Math.ceil((heads * width) / 64) }),
    },
    {
      kernel: decodeSplit,
      applies: inFours,
      launch: ({ heads, width }) => ({ groups: heads * Math.ceil(width / 32) }),
    },
    {
      kernel: decodeSubgroup,
      applies: (sizes, { subgroupSize }) => inFours(sizes) && subgroupSize !== null,
      launch({ heads, width }, { subgroupSize }) {
        const SIZE = subgroupSize as number;
        return { groups: heads * Math.ceil(width / (8 * SIZE)), overrides: { SIZE } };
      },
    },
  ],
  /** A GPU wants a workgroup's many threads on the one query of a head, a CPU driver no barrier. */
  heuristic(sizes, { software, subgroupSize }) {
    if (!inFours(sizes)) return decodeNaive;
    if (!software) return decodeSplit;
    return subgroupSize === null ? decodeNaive : decodeSubgroup;
  },
};

const decodeOp = op<{ scale: number }>('decodeAttention', {
  shape: ([q, , v]) => [...q.shape.slice(0, 3), v.shape[3]],
  run(run, [y], [q, k, v, n], { scale }) {
    const [batch, count, , depth] = q.shape;
    const [keys, width] = v.shape.slice(2);
    const sizes = { heads: batch * count, keys, depth, width };
    dispatch(run, attentionDecodeContract, sizes, { q, k, v, n, y }, { ...sizes, scale });
  },
  vjp([g], [q, k, v, n], { scale }) {
    const own = [q, k, v].map(same);
    const places = tensor(
      Array.from({ length: k.shape[2] }, (_, s) => s),
      [k.shape[2]],
      'u32',
    );
    const mask = less(places, n);
    return [...vjp(attention(own[0], own[1], own[2], { mask, scale }), own, g), null];
  },
  flops: (_, [q, k, v]) => (2 * (k.size + v.size) * q.shape[2]) as number,
});

/**
 * Attention of one query per head over the first `length` keys of a cache: a step of generation.
 * The length is data: it may change from run to run without a new plan. Give one u32 tensor or
 * variable to all layers, since each plain number is uploaded by a dispatch of its own.
 * @param q [B, h, 1, d]
 * @param k [B, h, S, d], of which rows from `length` on are not looked at
 * @param v [B, h, S, D]
 * @param length keys to see: a number, or u32 of one element; more than S counts as S
 * @returns [B, h, 1, D]; 0 where the length is 0
 */
export const decodeAttention = (
  q: Arg,
  k: Arg,
  v: Arg,
  length: Arg,
  options: { scale?: number } = {},
): Tensor =>
  about('decodeAttention', () => {
    const [query, keys, values, n] = [
      toTensor(q),
      toTensor(k),
      toTensor(v),
      toTensor(length, 'u32'),
    ];
    const shapes = `q ${dims(query)}, k ${dims(keys)}, v ${dims(values)}`;
    demand(
      [query, keys, values].every((t) => t.shape.length === 4 && t.dtype === 'f32'),
      () => `${shapes}: expected f32 [batch, heads, steps, depth]. Split the heads with reshape().`,
    );
    demand(
      query.shape[2] === 1 &&
        query.shape[3] === keys.shape[3] &&
        `${keys.shape.slice(0, 3)}` === `${values.shape.slice(0, 3)}` &&
        `${query.shape.slice(0, 2)}` === `${keys.shape.slice(0, 2)}`,
      () =>
        `${shapes}: expected [B, h, 1, d], [B, h, S, d], [B, h, S, D]. Use attention() for more.`,
    );
    demandPlace('length', n);
    return decodeOp([query, keys, values, n], {
      scale: options.scale ?? 1 / Math.sqrt(query.shape[3]),
    });
  });

function demandPlace(name: string, t: Tensor): void {
  demand(
    t.size === 1 && t.dtype === 'u32',
    () => `${name} is ${dims(t)} ${t.dtype}, expected one u32. Use cast(x, 'u32').`,
  );
}

/** Sizes of rows [outer, n, inner] written into [outer, rows, inner]. */
interface Rows {
  readonly outer: number;
  readonly n: number;
  readonly rows: number;
  readonly inner: number;
}

export const writeRowsContract: Contract<Rows> = {
  name: 'write_rows',
  variants: [
    {
      kernel: writeNaive,
      launch: ({ outer, n, inner }) => ({ groups: Math.ceil((outer * n * inner) / 64) }),
    },
    {
      kernel: writeVec4,
      applies: ({ inner }) => inner % 4 === 0,
      launch: ({ outer, n, inner }) => ({ groups: Math.ceil((outer * n * inner) / 256) }),
    },
  ],
  /** Wider loads are faster on any adapter. */
  heuristic: ({ inner }) => (inner % 4 === 0 ? writeVec4 : writeNaive),
};

const writeOp = op<{ axis: number }>('writeRows', {
  inPlace: true,
  shape: ([y]) => y.shape,
  run(run, [y], [, x, at], { axis }) {
    const [outer, inner] = [y.shape.slice(0, axis), y.shape.slice(axis + 1)].map(sizeOf);
    const rows = { outer, n: x.shape[axis], rows: y.shape[axis], inner };
    if (x.size > 0) dispatch(run, writeRowsContract, rows, { x, at, y }, { ...rows });
  },
});

/**
 * Writes rows into a variable where it lies, from row `at` along an axis on (default the one before
 * the last: steps of a [B, h, S, d] cache); the other rows stay, and nothing else is copied. The
 * place is data, as the length of decodeAttention. Rows beyond the variable's last are dropped.
 * Inside a step, once for each variable and before it is read there; what reads it later in the step
 * sees the new rows. No gradient passes.
 * @param rows as the variable, but for the size of the axis
 */
export function writeRows(variable: Variable, rows: Arg, at: Arg, axis = -2): Tensor {
  return about('writeRows', () => {
    const recording = currentRecording();
    const name = `'${variable.name}' ${dims(variable)}`;
    demand(recording !== null, () => `${name} outside step(). Write rows inside the step.`);
    demand(
      !recording.reads.has(variable),
      () => `${name} was read or written before in this step. Write its rows once, first.`,
    );
    const [x, place] = [toTensor(rows), toTensor(at, 'u32')];
    const a = axisOf(axis, variable.shape.length);
    demand(
      x.dtype === 'f32' &&
        variable.dtype === 'f32' &&
        x.shape.length === variable.shape.length &&
        x.shape.every((d, i) => i === a || d === variable.shape[i]),
      () => `${name} got rows ${dims(x)} ${x.dtype}. Expected f32 of its shape but for axis ${a}.`,
    );
    demandPlace('at', place);
    const y = writeOp([variable, x, place], { axis: a });
    variable.assign(y);
    return y;
  });
}
