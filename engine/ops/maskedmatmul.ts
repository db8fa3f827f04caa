import naive from '../../shaders/masked_matmul/1_naive.wgsl';
import tiled from '../../shaders/masked_matmul/2_tiled.wgsl';
import ragged from '../../shaders/masked_matmul/3_ragged.wgsl';
import subgroup from '../../shaders/masked_matmul/4_subgroup.wgsl';
import weightNaive from '../../shaders/masked_matmul_weight/1_naive.wgsl';
import weightTiled from '../../shaders/masked_matmul_weight/2_tiled.wgsl';
import weightRagged from '../../shaders/masked_matmul_weight/3_ragged.wgsl';
import weightSubgroup from '../../shaders/masked_matmul_weight/4_subgroup.wgsl';
import { type Contract, dispatch, type Variant } from '../choose.ts';
import { about, demand } from '../errors.ts';
import type { Kernel } from '../kernel.ts';
import { type Adapter, type OpFunction, op, toTensor } from '../op.ts';
import { type Arg, dims, sizeOf, type Tensor } from '../tensor.ts';
import { reshape } from './view.ts';

/** Sizes: [m, k] · [k, n] (`tb`: stored [n, k]), or for the weights [m, k]ᵀ · [m, n]. */
interface Masked {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly tb: boolean;
}

/** What a contract computes. */
interface Form {
  /** Rows and columns of the result. */
  extent(sizes: Masked): readonly [number, number];
  overrides(sizes: Masked): Record<string, number>;
}

const ofRows: Form = {
  extent: ({ m, n }) => [m, n],
  overrides: ({ tb }) => ({ TB: +tb }),
};
const ofWeights: Form = {
  extent: ({ k, n }) => [k, n],
  overrides: () => ({}),
};

/** A variant whose workgroups cover tiles of the result, `per` of them each. */
const byTiles = (
  form: Form,
  kernel: Kernel,
  [rows, cols]: readonly [number, number],
  per = 1,
): Variant<Masked> => ({
  kernel,
  launch(sizes) {
    const [height, width] = form.extent(sizes);
    const tiles = Math.ceil(height / rows) * Math.ceil(width / cols);
    return { groups: Math.ceil(tiles / per), overrides: form.overrides(sizes) };
  },
});

const bySubgroups = (
  form: Form,
  kernel: Kernel,
  loadsVec4: (sizes: Masked) => boolean,
): Variant<Masked> => ({
  kernel,
  applies: (sizes, { subgroupSize }) => loadsVec4(sizes) && (subgroupSize ?? 0) >= 4,
  launch(sizes, gpu) {
    const SIZE = gpu.subgroupSize as number;
    const { groups, overrides } = byTiles(form, kernel, [16, 8 * SIZE]).launch(sizes, gpu);
    return { groups, overrides: { ...overrides, SIZE } };
  },
});

/**
 * A GPU takes shared tiles, read along their lines; a CPU driver registers, by vec4s where it can
 * (measured on SwiftShader).
 */
function contractOf(name: string, variants: readonly Variant<Masked>[]): Contract<Masked> {
  const [first, shared, registers, lanes] = variants;
  return {
    name,
    variants,
    heuristic(sizes: Masked, gpu: Adapter) {
      if (sizes.m * sizes.n * sizes.k <= 1 << 12) return first.kernel;
      if (!gpu.software) return shared.kernel;
      return lanes.applies?.(sizes, gpu) ? lanes.kernel : registers.kernel;
    },
  };
}

export const maskedMatmulContract = contractOf('masked_matmul', [
  byTiles(ofRows, naive, [1, 1], 64),
  byTiles(ofRows, tiled, [16, 16]),
  byTiles(ofRows, ragged, [8, 8], 32),
  bySubgroups(ofRows, subgroup, ({ n, k }) => k > 0 && k % 4 === 0 && n % 4 === 0),
]);

export const maskedMatmulWeightContract = contractOf('masked_matmul_weight', [
  byTiles(ofWeights, weightNaive, [1, 1], 64),
  byTiles(ofWeights, weightTiled, [16, 16]),
  byTiles(ofWeights, weightRagged, [8, 8], 32),
  bySubgroups(
    ofWeights,
    weightSubgroup,
    ({ m, n, k }) => m > 0 && m % 4 === 0 && k % 4 === 0 && n % 4 === 0,
  ),
]);

interface Attrs {
  /** How much more the degree of a unit must be than that of one it hears. */
  readonly gap: number;
}

/** a [m, k] · (B ∘ M), B [k, n]; `tb`: stored [n, k], with weights that lead from column to row. */
const product: OpFunction<Attrs & { tb: boolean }> = op<Attrs & { tb: boolean }>('maskedMatmul', {
  epilogue: true,
  shape: ([a, b], { tb }) => [a.shape[0], b.shape[tb ? 0 : 1]],
  flops: ([c], [a]) => c.size * a.shape[1], // half of the weights count
  run(r, [c], [a, b, dl, dj], { gap, tb }) {
    const [[m, k], n] = [a.shape, dj.size];
    const slots = { a, b, dl, dj, c };
    dispatch(r, maskedMatmulContract, { m, n, k, tb }, slots, { m, n, k, gap });
  },
  vjp: ([g], [a, b, dl, dj], { gap, tb }) => [
    product([g, b, dj, dl], { gap, tb: !tb }),
    tb ? weights([g, a, dj, dl], { gap }) : weights([a, g, dl, dj], { gap }),
    null,
    null,
  ],
});

/** (aᵀ · b) ∘ M, a [m, k] and b [m, n]. */
const weights: OpFunction<Attrs> = op<Attrs>('maskedMatmulWeight', {
  epilogue: true,
  shape: ([a, b]) => [a.shape[1], b.shape[1]],
  flops: ([c], [a]) => c.size * a.shape[0],
  run(r, [c], [a, b, dl, dj], { gap }) {
    const [[m, k], n] = [a.shape, dj.size];
    const slots = { a, b, dl, dj, c };
    dispatch(r, maskedMatmulWeightContract, { m, n, k, tb: false }, slots, { m, n, k, gap });
  },
  vjp: ([g], [a, b, dl, dj], { gap }) => [
    product([b, g, dj, dl], { gap, tb: true }),
    product([a, g, dl, dj], { gap, tb: false }),
    null,
    null,
  ],
});

/** Degrees of the units of a masked layer. */
export interface Degrees {
  /** Degrees of the inputs, u32 [k]. */
  readonly from: Arg;
  /** Degrees of the outputs, u32 [n]. */
  readonly to: Arg;
  /** By how much the degree of an output must exceed that of an input it sees: 0, or 1 to predict. */
  readonly gap?: 0 | 1;
}

/**
 * x · (w ∘ M), x [..., k] and w [k, n], where weight (l, j) counts iff to[j] ≥ from[l] + gap: the
 * layer of MADE (Germain et al. 2015, arXiv 1502.03509), eq. (12) with gap 0 for hidden units,
 * eq. (13) with gap 1 for the outputs. Masked weights are not read where a whole tile of them is
 * masked, so units in the order of their degrees cost about half; their gradients are zero.
 */
export function maskedMatmul(x: Arg, w: Arg, { from, to, gap = 0 }: Degrees): Tensor {
  return about('maskedMatmul', () => {
    const [a, b] = [toTensor(x), toTensor(w)];
    const [dl, dj] = [toTensor(from, 'u32'), toTensor(to, 'u32')];
    demand(
      a.shape.length > 0 && b.shape.length === 2 && a.shape.at(-1) === b.shape[0],
      () => `x is ${dims(a)}, w ${dims(b)}: expected [..., k] and [k, n]. Reshape one of them.`,
    );
    demand(
      a.dtype === 'f32' && b.dtype === 'f32',
      () => `x is ${a.dtype}, w ${b.dtype}, expected f32. Use cast().`,
    );
    demandDegrees('from', dl, b.shape[0]);
    demandDegrees('to', dj, b.shape[1]);
    const [k, n] = b.shape;
    const lead = a.shape.slice(0, -1);
    const rows = reshape(a, [sizeOf(lead), k]);
    return reshape(product([rows, b, dl, dj], { gap, tb: false }), [...lead, n]);
  });
}

function demandDegrees(name: string, t: Tensor, count: number): void {
  demand(
    t.dtype === 'u32' && t.shape.length === 1 && t.size === count,
    () => `${name} is ${t.dtype} ${dims(t)}, expected u32 [${count}]. Give each unit a degree.`,
  );
}
