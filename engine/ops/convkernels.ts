import direct from '../../shaders/conv2d/1_direct.wgsl';
import implicit from '../../shaders/conv2d/2_implicit.wgsl';
import subgroup from '../../shaders/conv2d/3_subgroup.wgsl';
import ragged from '../../shaders/conv2d/4_ragged.wgsl';
import depthwise from '../../shaders/conv2d/5_depthwise.wgsl';
import tiled from '../../shaders/conv2d/6_tiled.wgsl';
import scalar from '../../shaders/conv2d/7_scalar.wgsl';
import inputDirect from '../../shaders/conv2d_input/1_direct.wgsl';
import inputImplicit from '../../shaders/conv2d_input/2_implicit.wgsl';
import inputSubgroup from '../../shaders/conv2d_input/3_subgroup.wgsl';
import inputRagged from '../../shaders/conv2d_input/4_ragged.wgsl';
import inputDepthwise from '../../shaders/conv2d_input/5_depthwise.wgsl';
import inputTiled from '../../shaders/conv2d_input/6_tiled.wgsl';
import inputScalar from '../../shaders/conv2d_input/7_scalar.wgsl';
import weightDirect from '../../shaders/conv2d_weight/1_direct.wgsl';
import weightImplicit from '../../shaders/conv2d_weight/2_implicit.wgsl';
import weightSubgroup from '../../shaders/conv2d_weight/3_subgroup.wgsl';
import weightRagged from '../../shaders/conv2d_weight/4_ragged.wgsl';
import weightDepthwise from '../../shaders/conv2d_weight/5_depthwise.wgsl';
import weightTiled from '../../shaders/conv2d_weight/6_tiled.wgsl';
import winogradOutput from '../../shaders/winograd_output/1_winograd.wgsl';
import winogradWeight from '../../shaders/winograd_weight/1_winograd.wgsl';
import type { Contract, Variant } from '../choose.ts';
import type { Kernel } from '../kernel.ts';
import type { Adapter } from '../op.ts';
import { type ConvSizes, inQuads, productsOf } from './convsizes.ts';
import { isWinograd, winogradPays, winogradWeightPays } from './winograd.ts';

/** The gradient of a filter as one of its dispatches sees it: sums of so many parts of the rows of y. */
interface Chunked extends ConvSizes {
  readonly chunks: number;
}

/** A product that a convolution amounts to: `times` matrices of [rows, columns]. */
interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly times: number;
}

/** What a contract's kernels divide among threads. */
interface Work<S> {
  /** Threads of the kernels that make one element each. */
  elements(s: S): number;
  /** Threads of those that make four channels of a pixel or of four of them. */
  channels(s: S): number;
  /** What is cut into tiles: for a filter's gradient one product per tap, or one of all taps. */
  tapwise(s: S): Product;
  flat(s: S): Product;
  /** Whether Winograd's way pays. */
  saves(gpu: Adapter, s: S): boolean;
  /** Whether neighbours of the direct kernel read neighbours, and its sums are short. */
  alone(s: S): boolean;
}

type Kernels = Record<
  'direct' | 'implicit' | 'subgroup' | 'ragged' | 'depthwise' | 'tiled',
  Kernel
> & {
  readonly scalar?: Kernel;
  /** The last of the dispatches that Winograd's way takes; it stands for all of them. */
  readonly winograd: Kernel;
};

const up = (n: number, by: number): number => Math.ceil(n / by);

/** Rows and columns of a thread's tile; a subgroup has 16 rows by 8 columns for each of its lanes. */
const tiles = { implicit: [8, 8], ragged: [16, 4] } as const;

const tilesOf = ({ rows, columns, times }: Product, r: number, c: number): number =>
  times * up(rows, r) * up(columns, c);

const isDepthwise = ({ ic, oc, groups }: ConvSizes): boolean =>
  groups === ic && groups === oc && ic % 4 === 0;

function contractOf<S extends ConvSizes>(
  name: string,
  kernels: Kernels,
  { elements, channels, tapwise, flat, alone, saves }: Work<S>,
): Contract<S> {
  const { direct, implicit, subgroup, ragged, depthwise, tiled, scalar, winograd } = kernels;
  const fitsRagged = (s: S): boolean => s.groups === 1 || (flat(s).columns / s.groups) % 4 === 0;
  const variants: Variant<S>[] = [
    { kernel: direct, launch: (s) => ({ groups: up(elements(s), 64) }) },
    {
      kernel: implicit,
      applies: inQuads,
      launch: (s) => ({ groups: up(tilesOf(tapwise(s), ...tiles.implicit), 64) }),
    },
    {
      kernel: subgroup,
      applies: (s, gpu) => inQuads(s) && (gpu.subgroupSize ?? 0) >= 4,
      launch(s, gpu) {
        const SIZE = gpu.subgroupSize as number;
        return { groups: tilesOf(tapwise(s), 16, 8 * SIZE), overrides: { SIZE } };
      },
    },
    {
      kernel: ragged,
      applies: fitsRagged,
      launch: (s) => ({ groups: up(tilesOf(flat(s), ...tiles.ragged), 32) }),
    },
    {
      kernel: depthwise,
      applies: isDepthwise,
      launch: (s) => ({ groups: up(channels(s), 64) }),
    },
    {
      kernel: tiled,
      applies: inQuads,
      launch: (s) => ({ groups: tilesOf(flat(s), 64, 32) }),
    },
  ];
  if (scalar) {
    const launch = (s: S) => ({ groups: tilesOf(flat(s), 64, 16) });
    variants.push({ kernel: scalar, applies: ({ groups }) => groups === 1, launch });
  }
  variants.push({ kernel: winograd, applies: isWinograd, launch: () => ({ groups: 1 }) });

  /**
   * Little work is not worth a large kernel. A GPU wants what threads share in workgroup memory,
   * loaded by neighbours from neighbours, unless sums are so short that little is shared. On a CPU
   * driver it is the largest part of a tile that is wanted times the kernel's speed, measured on
   * SwiftShader.
   */
  function heuristic(s: S, gpu: Adapter): Kernel {
    if (productsOf(s) <= (gpu.software ? 1 << 14 : 1 << 12)) return direct;
    if (s.groups > 1 && isDepthwise(s)) return depthwise;
    if (saves(gpu, s)) return winograd;
    if (!gpu.software) {
      if (inQuads(s)) return tiled;
      return s.groups > 1 || alone(s) || !scalar ? direct : scalar;
    }
    if (!inQuads(s)) return fitsRagged(s) ? ragged : direct;
    const lanes = gpu.subgroupSize ?? 0;
    const worth: [number, Kernel][] = [
      [wanted(tapwise(s), ...tiles.implicit), implicit],
      [lanes >= 4 ? 1.6 * wanted(tapwise(s), 16, 8 * lanes) : 0, subgroup],
      [0.6 * wanted(flat(s), ...tiles.ragged), ragged],
    ];
    return worth.reduce((best, one) => (one[0] > best[0] ? one : best))[1];
  }

  return { name, variants, heuristic };
}

/** The part of all tiles of a product that hangs over nothing. */
const wanted = ({ rows, columns }: Product, r: number, c: number): number =>
  (rows * columns) / (up(rows, r) * r * up(columns, c) * c);

const once = (product: (s: ConvSizes) => Product) => ({ tapwise: product, flat: product });

/** y = x correlated with w. */
export const conv2dContract: Contract<ConvSizes> = contractOf(
  'conv2d',
  {
    ...{ direct, implicit, subgroup, ragged, depthwise, tiled, scalar },
    winograd: winogradOutput,
  },
  {
    elements: (s) => s.batch * s.oh * s.ow * s.oc,
    channels: (s) => up(s.batch * s.oh * s.ow, 4) * (s.oc / 4),
    ...once((s) => ({ rows: s.batch * s.oh * s.ow, columns: s.oc, times: 1 })),
    saves: winogradPays,
    alone: (s) => s.oc >= 8 && s.kh * s.kw * s.ic <= 64,
  },
);

/** dx; each position modulo the stride is a product of its own, since it sees taps of its own. */
export const conv2dInputContract: Contract<ConvSizes> = contractOf(
  'conv2d_input',
  {
    direct: inputDirect,
    implicit: inputImplicit,
    subgroup: inputSubgroup,
    ragged: inputRagged,
    depthwise: inputDepthwise,
    tiled: inputTiled,
    scalar: inputScalar,
    winograd: winogradOutput,
  },
  {
    elements: (s) => s.batch * s.ih * s.iw * s.ic,
    channels: (s) => up(s.batch * s.ih * s.iw, 4) * (s.ic / 4),
    ...once((s) => ({
      rows: s.batch * up(s.ih, s.sy) * up(s.iw, s.sx),
      columns: s.ic,
      times: s.sy * s.sx,
    })),
    saves: winogradPays,
    alone: (s) => s.oc === 1,
  },
);

const inChunks = contractOf<Chunked>(
  'conv2d_weight',
  {
    direct: weightDirect,
    implicit: weightImplicit,
    subgroup: weightSubgroup,
    ragged: weightRagged,
    depthwise: weightDepthwise,
    tiled: weightTiled,
    winograd: winogradWeight,
  },
  {
    elements: (s) => s.chunks * s.kh * s.kw * (s.ic / s.groups) * s.oc,
    channels: (s) => (s.chunks * s.kh * s.kw * s.oc) / 4,
    tapwise: (s) => ({ rows: s.ic, columns: s.oc, times: s.kh * s.kw * s.chunks }),
    flat: (s) => ({ rows: (s.kh * s.kw * s.ic) / s.groups, columns: s.oc, times: s.chunks }),
    saves: winogradWeightPays,
    alone: () => true,
  },
);

/**
 * dw, in parts: few sums over very many pixels leave most of an adapter idle, so the rows of y are
 * cut until there are workgroups enough, into 64 parts at most. `launch` says into how many.
 */
export const conv2dWeightContract: Contract<ConvSizes> = {
  name: inChunks.name,
  heuristic: (s, gpu) => inChunks.heuristic({ ...s, chunks: 1 }, gpu),
  variants: inChunks.variants.map(({ kernel, applies, launch }) => ({
    kernel,
    applies: (s, gpu) => applies?.({ ...s, chunks: 1 }, gpu) ?? true,
    launch(s, gpu) {
      const rows = s.batch * s.oh;
      const enough = gpu.software ? 16 : 256; // workgroups
      const { groups } = launch({ ...s, chunks: 1 }, gpu);
      const chunk = chunkOf(rows, Math.min(64, up(enough, groups)));
      const parts = Math.max(1, up(rows, chunk));
      return { ...launch({ ...s, chunks: parts }, gpu), parts };
    },
  })),
};

/** Rows of y in each of so many parts; the last has what is left. */
export const chunkOf = (rows: number, parts: number): number => Math.max(1, up(rows, parts));
