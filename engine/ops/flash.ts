import naive from '../../shaders/attention/1_naive.wgsl';
import tiled from '../../shaders/attention/2_tiled.wgsl';
import subgroup from '../../shaders/attention/3_subgroup.wgsl';
import deltaSerial from '../../shaders/attention_delta/1_serial.wgsl';
import deltaEights from '../../shaders/attention_delta/2_eights.wgsl';
import dkvNaive from '../../shaders/attention_dkv/1_naive.wgsl';
import dkvTiled from '../../shaders/attention_dkv/2_tiled.wgsl';
import dkvSubgroup from '../../shaders/attention_dkv/3_subgroup.wgsl';
import dqNaive from '../../shaders/attention_dq/1_naive.wgsl';
import dqTiled from '../../shaders/attention_dq/2_tiled.wgsl';
import dqSubgroup from '../../shaders/attention_dq/3_subgroup.wgsl';
import { type Contract, dispatch, type Variant } from '../choose.ts';
import { grad } from '../grad.ts';
import type { Kernel } from '../kernel.ts';
import { type Adapter, op, type Slot } from '../op.ts';
import type { Tensor } from '../tensor.ts';
import { add, mul } from './pointwise.ts';
import { sum } from './reduce.ts';
import { gradientsByWeights, keepsWeights } from './stored.ts';
import { same } from './view.ts';
import { type Attrs, composed } from './weights.ts';

/** Sizes of an attention: `heads` counts those of all the batch. */
export interface Sizes {
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly depth: number;
  readonly width: number;
  readonly causal: boolean;
  readonly masked: boolean;
}

/** Whether the kernels that load vec4s along d and D can run. */
const inFours = ({ depth, width }: Form): boolean => depth % 4 === 0 && width % 4 === 0;

type Form = Pick<Sizes, 'depth' | 'width' | 'keys' | 'masked'>;

/** Whether the kernels that work in subgroups can run. */
const inSubgroups = (form: Form, { subgroupSize }: Adapter): boolean =>
  inFours(form) && !form.masked && form.keys > 0 && (subgroupSize ?? 0) >= 4;

/** Keys of which these kernels leave most of a tile empty. */
const FEW_KEYS = 16;

/**
 * Whether plain products and a softmax that stores [T, S] weights are faster than these kernels: on
 * a CPU driver without subgroups, and for few keys, where a workgroup to each head costs most.
 */
export const storesWeights = (form: Form, gpu: Adapter): boolean =>
  gpu.software && (form.keys <= FEW_KEYS || !inSubgroups(form, gpu));

/**
 * A contract whose workgroups own `rows` rows each of q, or of k and v, and a slab of columns.
 * CPU drivers want no barriers; where lanes can't share either, threads of their own do.
 */
function contract(
  name: string,
  [first, tiles, lanes]: [Kernel, Kernel, Kernel],
  extent: (sizes: Sizes) => { rows: number; columns: number },
  rowsPerGroup: number,
): Contract<Sizes> {
  const groups = (sizes: Sizes, height: number, width: number): number => {
    const { rows, columns } = extent(sizes);
    return sizes.heads * Math.ceil(rows / height) * Math.ceil(columns / width);
  };
  const bySubgroups: Variant<Sizes> = {
    kernel: lanes,
    applies: inSubgroups,
    launch(sizes, { subgroupSize }) {
      const SIZE = subgroupSize as number;
      return { groups: groups(sizes, rowsPerGroup, 8 * SIZE), overrides: { SIZE } };
    },
  };
  return {
    name,
    variants: [
      {
        kernel: first,
        launch(sizes) {
          const { rows, columns } = extent(sizes);
          return { groups: Math.ceil((sizes.heads * rows * columns) / 64) };
        },
      },
      { kernel: tiles, applies: inFours, launch: (sizes) => ({ groups: groups(sizes, 32, 32) }) },
      bySubgroups,
    ],
    heuristic(sizes, gpu) {
      if (!inFours(sizes)) return first;
      return gpu.software && inSubgroups(sizes, gpu) ? lanes : tiles;
    },
  };
}

export const attentionContract = contract(
  'attention',
  [naive, tiled, subgroup],
  ({ queries, width }) => ({ rows: queries, columns: width }),
  8,
);

export const attentionDqContract = contract(
  'attention_dq',
  [dqNaive, dqTiled, dqSubgroup],
  ({ queries, depth }) => ({ rows: queries, columns: depth }),
  8,
);

export const attentionDkvContract = contract(
  'attention_dkv',
  [dkvNaive, dkvTiled, dkvSubgroup],
  ({ keys, depth, width }) => ({ rows: keys, columns: Math.max(depth, width) }),
  4,
);

interface Rows {
  readonly rows: number;
  readonly width: number;
}

export const attentionDeltaContract: Contract<Rows> = {
  name: 'attention_delta',
  variants: [
    { kernel: deltaSerial, launch: ({ rows }) => ({ groups: Math.ceil(rows / 64) }) },
    {
      kernel: deltaEights,
      applies: ({ width }) => width % 4 === 0,
      launch: ({ rows }) => ({ groups: Math.ceil(rows / 8) }),
    },
  ],
  /** A GPU wants neighbours to read neighbours, a CPU driver no barrier. */
  heuristic: ({ width }, { software }) => (software || width % 4 ? deltaSerial : deltaEights),
};

/** y [B, h, T, D] and the logarithm of the softmax's denominator [B, h, T, 1]. */
export const attentionOp = op<Attrs>('attention', {
  shape: ([q, , v]) => [
    { shape: [...q.shape.slice(0, 3), v.shape[3]], dtype: q.dtype },
    { shape: [...q.shape.slice(0, 3), 1], dtype: q.dtype },
  ],
  run(run, [y, lse], [q, k, v, bias], attrs) {
    const { sizes, params } = sizesOf(q, v, bias, attrs);
    dispatch(run, attentionContract, sizes, { q, k, v, bias: bias ?? q, y, lse }, params);
  },
  vjp([g, gLse], [q, k, v, bias], attrs, [y, lse]) {
    if (!g || gLse) return composed([g, gLse], [q, k, v, bias], attrs);
    const inputs = [q, k, v, g, y, lse, ...(bias ? [bias] : [])];
    const found = gradOp.all(inputs, attrs);
    // Recorded for every bias and run only where its gradient is used.
    return bias ? [...found, composed([g, null], [q, k, v, bias], attrs)[3]] : found;
  },
  flops: ([y], [q, k], { causal }) => (causal ? 1 : 2) * k.shape[2] * (q.size + y.size),
});

function sizesOf(q: Slot, v: Slot, bias: Slot | undefined, { causal, scale }: Attrs) {
  const [batch, heads, queries, depth] = q.shape;
  const [keys, width] = v.shape.slice(2);
  const sizes = { queries, keys, depth, width };
  const params = { ...sizes, batch, heads, scale, causal: +causal, masked: +!!bias };
  return {
    sizes: { heads: batch * heads, ...sizes, causal, masked: !!bias },
    params: { ...params, ...stridesOf(bias) },
  };
}

function stridesOf(bias: Slot | undefined) {
  if (!bias) return { bias_b: 0, bias_h: 0, bias_t: 0, bias_s: 0 };
  const [, h, t, s] = bias.shape;
  const strides = [h * t * s, t * s, s, 1].map((n, i) => (bias.shape[i] === 1 ? 0 : n));
  return { bias_b: strides[0], bias_h: strides[1], bias_t: strides[2], bias_s: strides[3] };
}

/** The gradients for q, k and v, from the weights computed again tile by tile. */
const gradOp = op<Attrs>('attentionGrad', {
  shape: ([q, k, v]) => [q, k, v].map(({ shape, dtype }) => ({ shape, dtype })),
  run(run, [dq, dk, dv], [q, k, v, g, y, lse, bias], attrs) {
    const { sizes, params } = sizesOf(q, v, bias, attrs);
    if (keepsWeights(sizes, run.gpu)) {
      gradientsByWeights(run, sizes, [q, k, v, g, y, lse], [dq, dk, dv], attrs.scale);
      return;
    }
    const stats = run.scratch(2 * lse.size);
    const rows = { rows: lse.size, width: sizes.width };
    dispatch(run, attentionDeltaContract, rows, { y, g, lse, stats }, rows);
    const slots = { q, k, v, bias: bias ?? q, g, stats };
    dispatch(run, attentionDqContract, sizes, { ...slots, dq }, params);
    dispatch(run, attentionDkvContract, sizes, { ...slots, dk, dv }, params);
  },
  // The same in ops, on inputs of their own, so that this can be differentiated without end.
  vjp(gs, inputs, attrs) {
    const own = inputs.map(same);
    const [q, k, v, g, , , bias] = own;
    const found = composed([g, null], [q, k, v, bias], attrs);
    const parts = gs.map((t, i) => t && sum(mul(found[i] as Tensor, t)));
    const total = parts.filter((t) => t !== null).reduce((a, b) => add(a, b));
    return grad(total, own);
  },
  // five products, and two of them twice
  flops: (_, [q, k, , g], { causal }) => (causal ? 1 : 2) * k.shape[2] * (4 * q.size + 3 * g.size),
});
