import direct from '../../shaders/conv2d/1_direct.wgsl';
import implicit from '../../shaders/conv2d/2_implicit.wgsl';
import subgroup from '../../shaders/conv2d/3_subgroup.wgsl';
import ragged from '../../shaders/conv2d/4_ragged.wgsl';
import depthwise from '../../shaders/conv2d/5_depthwise.wgsl';
import inputDirect from '../../shaders/conv2d_input/1_direct.wgsl';
import inputImplicit from '../../shaders/conv2d_input/2_implicit.wgsl';
import inputSubgroup from '../../shaders/conv2d_input/3_subgroup.wgsl';
import inputRagged from '../../shaders/conv2d_input/4_ragged.wgsl';
import inputDepthwise from '../../shaders/conv2d_input/5_depthwise.wgsl';
import weightDirect from '../../shaders/conv2d_weight/1_direct.wgsl';
import weightImplicit from '../../shaders/conv2d_weight/2_implicit.wgsl';
import weightSubgroup from '../../shaders/conv2d_weight/3_subgroup.wgsl';
import weightRagged from '../../shaders/conv2d_weight/4_ragged.wgsl';
import weightDepthwise from '../../shaders/conv2d_weight/5_depthwise.wgsl';
import { demand } from '../errors.ts';
import { lines } from '../kernel.ts';
import { type Adapter, op, type OpFunction, type Run, type Slot } from '../op.ts';
import { dims, type Shape, type Tensor } from '../tensor.ts';
import { reduce } from './fold.ts';
import { type Moves, outputOf, type Pair } from './window.ts';

/** What a convolution and its two gradients share. */
export interface ConvAttrs extends Moves {
  /** Input channels see only the filters of their group. */
  readonly groups: number;
  /** Shape of the result, where the operands do not tell it. */
  readonly of?: Shape;
}

export const sidesOf = (image: Shape): Pair => [image[1], image[2]];
export const tapsOf = (filter: Shape): Pair => [filter[0], filter[1]];

/** The shape of y for x and w. Throws when they don't go together. */
export function outputShape(x: Shape, w: Shape, a: ConvAttrs): Shape {
  const [B, , , C] = x;
  const [, , per, out] = w;
  const { groups } = a;
  demand(
    C === per * groups && out % groups === 0,
    () =>
      `image ${dims(x)} and filter ${dims(w)} do not go together with ${groups} group${groups > 1 ? 's' : ''}. ` +
      'Expected a filter [kh, kw, in / groups, out], its out a multiple of groups.',
  );
  return [B, ...outputOf(sidesOf(x), tapsOf(w), a), out];
}

/** The kernels' view of a convolution of x [B, ih, iw, ic] by w [kh, kw, ic / groups, oc] to y. */
function sizesOf(x: Shape, w: Shape, y: Shape, { stride, padding, dilation, groups }: ConvAttrs) {
  return {
    batch: x[0],
    ...{ ih: x[1], iw: x[2], ic: x[3] },
    ...{ oh: y[1], ow: y[2], oc: y[3] },
    ...{ kh: w[0], kw: w[1] },
    ...{ sy: stride[0], sx: stride[1], dy: dilation[0], dx: dilation[1] },
    ...{ py: padding[0][0], px: padding[1][0] },
    groups,
  };
}
type Sizes = ReturnType<typeof sizesOf>;

const productsOf = ({ batch, oh, ow, oc, kh, kw, ic, groups }: Sizes): number =>
  batch * oh * ow * oc * kh * kw * (ic / groups);

/** A product that a convolution amounts to: `times` matrices of [rows, columns]. */
interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly times: number;
}

type Way = 'direct' | 'implicit' | 'subgroup' | 'ragged' | 'depthwise';
type Products = Record<'implicit' | 'ragged', Product>;

/** Rows and columns that a thread computes (a subgroup in its case), and threads per workgroup. */
const tileOf = (way: Way, lanes: number): [rows: number, columns: number, perGroup: number] => {
  if (way === 'subgroup') return [16, 8 * lanes, 1];
  return way === 'implicit' ? [8, 8, 64] : [16, 4, 32];
};

const up = (n: number, by: number): number => Math.ceil(n / by);

/**
 * How a convolution is computed. Little work is not worth a large kernel. A GPU has caches for what
 * lanes share, and threads enough for groups and odd channels. On a CPU driver it is the largest part
 * of a tile that is wanted times the kernel's speed (SwiftShader).
 */
function choose(gpu: Adapter, s: Sizes, products: Products): Way {
  const { ic, oc, groups } = s;
  if (productsOf(s) <= (gpu.software ? 1 << 14 : 1 << 16)) return 'direct';
  if (groups > 1 && groups === ic && groups === oc && ic % 4 === 0) return 'depthwise';
  const whole = groups === 1 && ic % 4 === 0 && oc % 4 === 0;
  if (!gpu.software) return whole ? 'implicit' : 'direct';
  const perGroup = products.ragged.columns / groups;
  if (!whole) return groups === 1 || perGroup % 4 === 0 ? 'ragged' : 'direct';
  const lanes = gpu.subgroupSize ?? 0;
  const speeds = { implicit: 1, subgroup: lanes >= 4 ? 1.6 : 0, ragged: 0.6 } as const;
  const worth = (way: keyof typeof speeds): number => {
    const { rows, columns } = products[way === 'ragged' ? 'ragged' : 'implicit'];
    const [r, c] = tileOf(way, lanes);
    return (speeds[way] * rows * columns) / (up(rows, r) * r * up(columns, c) * c);
  };
  const ways = ['implicit', 'subgroup', 'ragged'] as const;
  return ways.reduce((best, way) => (worth(way) > worth(best) ? way : best));
}

/** Workgroups for all tiles of a way; `direct` and `depthwise` say how many threads those need. */
function groupsOf(
  way: Way,
  threads: Record<'direct' | 'depthwise', number>,
  products: Products,
  lanes: number,
): number {
  if (way === 'direct' || way === 'depthwise') return up(threads[way], 64);
  const { rows, columns, times } = products[way === 'ragged' ? 'ragged' : 'implicit'];
  const [r, c, perGroup] = tileOf(way, lanes);
  return up(times * up(rows, r) * up(columns, c), perGroup);
}

/** Threads for images: one per element, or per four channels of four pixels. */
const threadsOf = ({ size, shape: [, , , C] }: Slot) => ({
  direct: size,
  depthwise: up(size / C, 4) * (C / 4),
});

const lanesOf = (way: Way, gpu: Adapter): Record<string, number> =>
  way === 'subgroup' ? { SIZE: gpu.subgroupSize as number } : {};

export const conv2dOp: OpFunction<ConvAttrs> = op<ConvAttrs>('conv2d', {
  epilogue: true,
  shape: ([x, w], a) => outputShape(x.shape, w.shape, a),
  flops: ([y], [x, w], a) => 2 * productsOf(sizesOf(x.shape, w.shape, y.shape, a)),
  run(k, [y], [x, w], a) {
    const s = sizesOf(x.shape, w.shape, y.shape, a);
    const product = { rows: s.batch * s.oh * s.ow, columns: s.oc, times: 1 };
    const products = { implicit: product, ragged: product };
    const way = choose(k.gpu, s, products);
    const kernel = { direct, implicit, subgroup, ragged, depthwise }[way];
    const groups = groupsOf(way, threadsOf(y), products, k.gpu.subgroupSize ?? 0);
    k.dispatch(kernel, { x, w, y }, s, lines(groups), lanesOf(way, k.gpu));
  },
  vjp: ([g], [x, w], a) => [
    conv2dInputOp([g, w], { ...a, of: x.shape }),
    conv2dWeightOp([x, g], { ...a, of: w.shape }),
  ],
});

const inputKernels = {
  direct: inputDirect,
  implicit: inputImplicit,
  subgroup: inputSubgroup,
  ragged: inputRagged,
  depthwise: inputDepthwise,
};

export const conv2dInputOp: OpFunction<ConvAttrs> = op<ConvAttrs>('conv2dInput', {
  epilogue: true,
  shape([g, w], a) {
    demandSame(g, outputShape(a.of as Shape, w.shape, a), 'g');
    return a.of as Shape;
  },
  flops: ([x], [g, w], a) => 2 * productsOf(sizesOf(x.shape, w.shape, g.shape, a)),
  run(k, [dx], [g, w], a) {
    const s = sizesOf(dx.shape, w.shape, g.shape, a);
    const rows = s.batch * up(s.ih, s.sy) * up(s.iw, s.sx);
    const product = { rows, columns: s.ic, times: s.sy * s.sx };
    const products = { implicit: product, ragged: product };
    const way = choose(k.gpu, s, products);
    const kernel = inputKernels[way];
    const groups = groupsOf(way, threadsOf(dx), products, k.gpu.subgroupSize ?? 0);
    k.dispatch(kernel, { g, w, dx }, s, lines(groups), lanesOf(way, k.gpu));
  },
  vjp: ([h], [g, w], { of: _, ...a }) => [
    conv2dOp([h, w], a),
    conv2dWeightOp([h, g], { ...a, of: w.shape }),
  ],
});

export const conv2dWeightOp: OpFunction<ConvAttrs> = op<ConvAttrs>('conv2dWeight', {
  shape([x, g], a) {
    demandSame(g, outputShape(x.shape, a.of as Shape, a), 'g');
    return a.of as Shape;
  },
  flops: ([w], [x, g], a) => 2 * productsOf(sizesOf(x.shape, w.shape, g.shape, a)),
  run: weightGradient,
  vjp: ([h], [x, g], { of: _, ...a }) => [
    conv2dInputOp([g, h], { ...a, of: x.shape }),
    conv2dOp([x, h], a),
  ],
});

const weightKernels = {
  direct: weightDirect,
  implicit: weightImplicit,
  subgroup: weightSubgroup,
  ragged: weightRagged,
  depthwise: weightDepthwise,
};

/** Few sums over very many pixels: the rows of g are cut into chunks, whose sums are added after. */
function weightGradient(k: Run, [dw]: Slot[], [x, g]: Slot[], a: ConvAttrs): void {
  const s = sizesOf(x.shape, dw.shape, g.shape, a);
  const taps = s.kh * s.kw;
  const products = (chunks: number) => ({
    implicit: { rows: s.ic, columns: s.oc, times: taps * chunks },
    ragged: { rows: (taps * s.ic) / s.groups, columns: s.oc, times: chunks },
  });
  const way = choose(k.gpu, s, products(1));
  const groups = (n: number) => {
    const threads = { direct: n * dw.size, depthwise: (n * dw.size) / 4 };
    return groupsOf(way, threads, products(n), k.gpu.subgroupSize ?? 0);
  };
  const rows = s.batch * s.oh;
  const wanted = k.gpu.software ? 16 : 256; // workgroups
  const chunk = Math.max(1, up(rows, Math.min(64, up(wanted, groups(1)))));
  const chunks = Math.max(1, up(rows, chunk));
  const sums = chunks > 1 ? k.scratch(chunks * dw.size) : dw;
  const params = { ...s, chunk, chunks };
  const grid = lines(groups(chunks));
  k.dispatch(weightKernels[way], { x, g, dw: sums }, params, grid, lanesOf(way, k.gpu));
  if (chunks > 1) reduce(k, 'sum', sums, dw, { outer: 1, n: chunks, inner: dw.size });
}

function demandSame(t: Tensor, expected: Shape, name: string): void {
  demand(
    t.shape.length === expected.length && t.shape.every((d, i) => d === expected[i]),
    () =>
      `${name} is ${dims(t)}, expected ${dims(expected)}. It is a gradient of the convolution's output.`,
  );
}
