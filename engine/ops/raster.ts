import direct from '../../shaders/masked_conv2d/1_direct.wgsl';
import implicit from '../../shaders/masked_conv2d/2_implicit.wgsl';
import subgroup from '../../shaders/masked_conv2d/3_subgroup.wgsl';
import tiled from '../../shaders/masked_conv2d/4_tiled.wgsl';
import ragged from '../../shaders/masked_conv2d/5_ragged.wgsl';
import inputDirect from '../../shaders/masked_conv2d_input/1_direct.wgsl';
import inputImplicit from '../../shaders/masked_conv2d_input/2_implicit.wgsl';
import inputSubgroup from '../../shaders/masked_conv2d_input/3_subgroup.wgsl';
import inputTiled from '../../shaders/masked_conv2d_input/4_tiled.wgsl';
import inputLines from '../../shaders/masked_conv2d_input/5_lines.wgsl';
import weightDirect from '../../shaders/masked_conv2d_weight/1_direct.wgsl';
import weightImplicit from '../../shaders/masked_conv2d_weight/2_implicit.wgsl';
import weightSubgroup from '../../shaders/masked_conv2d_weight/3_subgroup.wgsl';
import weightTiled from '../../shaders/masked_conv2d_weight/4_tiled.wgsl';
import weightRagged from '../../shaders/masked_conv2d_weight/5_ragged.wgsl';
import type { Contract, Launch, Variant } from '../choose.ts';
import type { Kernel } from '../kernel.ts';
import type { Adapter } from '../op.ts';

/** What a mask leaves of a convolution of `pixels` from `ic` to `oc` channels. */
export interface Seen {
  readonly pixels: number;
  readonly ic: number;
  readonly oc: number;
  /** Taps seen whole. */
  readonly taps: number;
  /** Whether one more tap is seen in part, by colours. */
  readonly ordered: boolean;
}

/** The same for the gradient of the filter, whose sums over pixels are cut into `chunks`. */
export interface SeenInChunks extends Seen {
  readonly chunks: number;
}

/** The product that a contract amounts to: `times` matrices of [rows, columns]. */
type Product<S> = (s: S) => readonly [rows: number, columns: number, times: number];

const up = (n: number, by: number): number => Math.ceil(n / by);
const fours = ({ ic, oc }: Seen): boolean => ic % 4 === 0 && oc % 4 === 0;
const lanesOf = ({ subgroupSize }: Adapter): number => subgroupSize ?? 0;
const tapsOf = ({ taps, ordered }: Seen): number => taps + +ordered;
const productsOf = (s: Seen): number => s.pixels * s.ic * s.oc * tapsOf(s);

/** Which kernels know at compile time whether the next tap is seen in part. */
const ordering = ({ overrides }: Kernel, { ordered }: Seen): Launch['overrides'] =>
  'ORDERED' in overrides ? { ORDERED: +ordered } : {};

/** A variant whose tiles have this many rows and columns, `per` of them to a workgroup. */
const byTiles = <S extends Seen>(
  kernel: Kernel,
  product: Product<S>,
  [height, width, per]: readonly [number, number, number],
  applies?: (s: S) => boolean,
): Variant<S> => ({
  kernel,
  applies,
  launch(s) {
    const [rows, columns, times] = product(s);
    const tiles = times * up(rows, height) * up(columns, width);
    return { groups: up(tiles, per), overrides: ordering(kernel, s) };
  },
});

/** A variant whose subgroups have tiles of 16 rows and 8 columns per lane. */
const bySubgroups = <S extends Seen>(kernel: Kernel, product: Product<S>): Variant<S> => ({
  kernel,
  applies: (s, gpu) => fours(s) && lanesOf(gpu) >= 4,
  launch(s, gpu) {
    const SIZE = lanesOf(gpu);
    const { groups, overrides } = byTiles(kernel, product, [16, 8 * SIZE, 1]).launch(s, gpu);
    return { groups, overrides: { ...overrides, SIZE } };
  },
});

const toPixels: Product<Seen> = ({ pixels, oc }) => [pixels, oc, 1];
const fromPixels: Product<Seen> = ({ pixels, ic }) => [pixels, ic, 1];
const byTap: Product<SeenInChunks> = (s) => [s.ic, s.oc, tapsOf(s) * s.chunks];
const byRow: Product<SeenInChunks> = (s) => [tapsOf(s) * s.ic, s.oc, s.chunks];

/** How much of the tiles of 16 × 8 per lane, or else of 8 × 8, is wanted, times their speed. */
function worth(
  [rows, columns]: readonly number[],
  lanes: number,
): { wide: number; square: number } {
  const used = (height: number, width: number) =>
    (rows * columns) / (up(rows, height) * height * up(columns, width) * width);
  return { wide: lanes >= 4 ? 1.6 * used(16, 8 * lanes) : 0, square: used(8, 8) };
}

/** On a CPU driver: registers and no barriers, in tiles of which most is wanted (SwiftShader). */
function onSoftware<S extends Seen>(
  s: S,
  gpu: Adapter,
  product: Product<S>,
  kernels: readonly [direct: Kernel, implicit: Kernel, subgroup: Kernel, ragged: Kernel],
): Kernel {
  if (productsOf(s) <= 1 << 14) return kernels[0];
  if (!fours(s)) return kernels[3];
  const { wide, square } = worth(product(s), lanesOf(gpu));
  return wide > square ? kernels[2] : kernels[1];
}

export const maskedContract: Contract<Seen> = {
  name: 'masked_conv2d',
  variants: [
    byTiles(direct, toPixels, [1, 1, 64]),
    byTiles(implicit, toPixels, [8, 8, 64], fours),
    bySubgroups(subgroup, toPixels),
    byTiles(tiled, toPixels, [64, 64, 1], fours),
    byTiles(ragged, toPixels, [16, 4, 32]),
  ],
  /** A GPU wants shared tiles where there are enough to fill it, else threads. */
  heuristic(s, gpu) {
    if (gpu.software) return onSoftware(s, gpu, toPixels, [direct, implicit, subgroup, ragged]);
    const tiles = up(s.pixels, 64) * up(s.oc, 64);
    return fours(s) && tiles >= 16 ? tiled : direct;
  },
};

export const inputContract: Contract<Seen> = {
  name: 'masked_conv2d_input',
  variants: [
    byTiles(inputDirect, fromPixels, [1, 1, 64]),
    byTiles(inputImplicit, fromPixels, [8, 8, 64], fours),
    bySubgroups(inputSubgroup, fromPixels),
    byTiles(inputTiled, fromPixels, [64, 64, 1], fours),
    byTiles(inputLines, fromPixels, [8, 1, 64], ({ oc }) => oc % 4 === 0),
  ],
  /** Threads that stand alone would read the filter across its lines: a GPU wants tiles always. */
  heuristic(s, gpu) {
    const odd = s.oc % 4 === 0 ? inputLines : inputDirect;
    const alone = [inputDirect, inputImplicit, inputSubgroup, odd] as const;
    if (gpu.software) return onSoftware(s, gpu, fromPixels, alone);
    return fours(s) ? inputTiled : inputDirect;
  },
};

export const weightContract: Contract<SeenInChunks> = {
  name: 'masked_conv2d_weight',
  variants: [
    byTiles(weightDirect, byRow, [1, 1, 64]),
    byTiles(weightImplicit, byTap, [8, 8, 64], fours),
    bySubgroups(weightSubgroup, byTap),
    byTiles(weightTiled, byRow, [64, 64, 1], fours),
    byTiles(weightRagged, byRow, [16, 4, 32]),
  ],
  /** Chunks fill a GPU, so its tiles may be large. */
  heuristic(s, gpu) {
    const alone = [weightDirect, weightImplicit, weightSubgroup, weightRagged] as const;
    if (gpu.software) return onSoftware(s, gpu, byTap, alone);
    return fours(s) ? weightTiled : weightDirect;
  },
};
