import weightsNaive from '../../shaders/attention_weights/1_naive.wgsl';
import weightsSubgroup from '../../shaders/attention_weights/2_subgroup.wgsl';
import productNaive from '../../shaders/causal_matmul/1_naive.wgsl';
import productSubgroup from '../../shaders/causal_matmul/2_subgroup.wgsl';
import { type Contract, dispatch } from '../choose.ts';
import type { Adapter, Run, Slot } from '../op.ts';
import type { Sizes } from './flash.ts';

// The gradients of attention by way of stored weights.

/** Most numbers of weights, and as many of slopes, that are kept: 64 MiB together. */
const MOST = 2 ** 23;

/** Places of a row of weights: whole fours, so that kernels load four at once whatever the keys. */
const pitchOf = (keys: number): number => 4 * Math.ceil(keys / 4);

const lanes = ({ subgroupSize }: Adapter): number => subgroupSize ?? 0;

/**
 * Whether the weights are computed once and kept, not once for q and once more for k and v. A CPU
 * driver gains by that, as it loads 20 times slower than it multiplies and has memory to spare; a
 * GPU keeps none.
 */
export const keepsWeights = (sizes: Sizes, gpu: Adapter): boolean =>
  gpu.software && !sizes.masked && sizes.heads * sizes.queries * pitchOf(sizes.keys) <= MOST;

/** Whether lanes can share rows of q and g. */
const weighsInSubgroups = ({ depth, width }: Sizes, gpu: Adapter): boolean =>
  depth % 4 === 0 && width % 4 === 0 && lanes(gpu) >= 4;

/** Weights and slopes of attention, for products with `causal_matmul`. */
export const attentionWeightsContract: Contract<Sizes> = {
  name: 'attention_weights',
  softwareOnly: true,
  variants: [
    {
      kernel: weightsNaive,
      launch: ({ heads, queries, keys }) => ({
        groups: Math.ceil((heads * queries * pitchOf(keys)) / 64),
      }),
    },
    {
      kernel: weightsSubgroup,
      applies: weighsInSubgroups,
      launch({ heads, queries, keys }, gpu) {
        const SIZE = lanes(gpu);
        const groups = heads * Math.ceil(queries / 16) * Math.ceil(keys / (8 * SIZE));
        return { groups, overrides: { SIZE } };
      },
    },
  ],
  /** A load costs a CPU driver as much as 20 products, and lanes that share them need no barrier. */
  heuristic: (sizes, gpu) => (weighsInSubgroups(sizes, gpu) ? weightsSubgroup : weightsNaive),
};

/** Sizes of a product of [m, k] and, by `TA`, [k, n] or [m, n]. */
interface Product {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly turned: boolean;
}

/** Whether lanes can share rows of the left operand. */
const multipliesInSubgroups = ({ n }: Product, gpu: Adapter): boolean =>
  n % 4 === 0 && lanes(gpu) >= 4;

const linesOf = ({ m, k, turned }: Product): number => (turned ? k : m);

/** Products of stored weights or slopes, of which causality leaves one triangle. */
export const causalMatmulContract: Contract<Product> = {
  name: 'causal_matmul',
  softwareOnly: true,
  variants: [
    {
      kernel: productNaive,
      launch: (sizes) => ({ groups: Math.ceil((sizes.batch * linesOf(sizes) * sizes.n) / 64) }),
    },
    {
      kernel: productSubgroup,
      applies: multipliesInSubgroups,
      launch(sizes, gpu) {
        const SIZE = lanes(gpu);
        const across = Math.ceil(sizes.n / (8 * SIZE));
        return {
          groups: sizes.batch * Math.ceil(linesOf(sizes) / 16) * across,
          overrides: { SIZE },
        };
      },
    },
  ],
  /** As of `attention_weights`. */
  heuristic: (sizes, gpu) => (multipliesInSubgroups(sizes, gpu) ? productSubgroup : productNaive),
};

/** Four dispatches: weights and slopes, and the three products with them. */
export function gradientsByWeights(
  run: Run,
  sizes: Sizes,
  [q, k, v, g, y, lse]: readonly Slot[],
  [dq, dk, dv]: readonly Slot[],
  scale: number,
): void {
  const { heads, queries, keys, depth, width } = sizes;
  const causal = +sizes.causal;
  const pitch = pitchOf(keys);
  const w = run.scratch(heads * queries * pitch);
  const ds = run.scratch(heads * queries * pitch);
  const params = { batch: 1, heads, queries, keys, depth, width, pitch, scale, causal };
  dispatch(run, attentionWeightsContract, sizes, { q, k, v, g, y, lse, w, ds }, params);
  const product = (a: Slot, b: Slot, c: Slot, n: number, turned: boolean): void => {
    const form = { batch: heads, m: queries, n, k: keys };
    const TA = +turned;
    dispatch(
      run,
      causalMatmulContract,
      { ...form, turned },
      { a, b, c },
      { ...form, pitch, causal },
      { TA },
    );
  };
  product(w, g, dv, width, true);
  product(ds, q, dk, depth, true);
  product(ds, k, dq, depth, false);
}
