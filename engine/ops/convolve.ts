import direct from '../../shaders/conv2d/1_direct.wgsl';
import implicit from '../../shaders/conv2d/2_implicit.wgsl';
import subgroup from '../../shaders/conv2d/3_subgroup.wgsl';
import inputDirect from '../../shaders/conv2d_input/1_direct.wgsl';
import inputImplicit from '../../shaders/conv2d_input/2_implicit.wgsl';
import inputSubgroup from '../../shaders/conv2d_input/3_subgroup.wgsl';
import weightDirect from '../../shaders/conv2d_weight/1_direct.wgsl';
import weightImplicit from '../../shaders/conv2d_weight/2_implicit.wgsl';
import weightSubgroup from '../../shaders/conv2d_weight/3_subgroup.wgsl';
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

type Way = 'direct' | 'implicit' | 'subgroup';

/**
 * How a convolution is computed. Little work is not worth a large kernel; grouped or ragged channels
 * only the direct kernels take; a CPU driver gains from sharing loads in a subgroup (measured on
 * SwiftShader: 1.5 to 1.8 times), a GPU has caches for that.
 */
function choose(gpu: Adapter, s: Sizes): { way: Way; lanes: number } {
  const lanes = gpu.subgroupSize ?? 0;
  const ragged = s.groups > 1 || s.ic % 4 > 0 || s.oc % 4 > 0;
  if (ragged || productsOf(s) <= 1 << 16) return { way: 'direct', lanes };
  return { way: gpu.software && lanes >= 4 ? 'subgroup' : 'implicit', lanes };
}

const up = (n: number, by: number): number => Math.ceil(n / by);

export const conv2dOp: OpFunction<ConvAttrs> = op<ConvAttrs>('conv2d', {
  epilogue: true,
  shape: ([x, w], a) => outputShape(x.shape, w.shape, a),
  flops: ([y], [x, w], a) => 2 * productsOf(sizesOf(x.shape, w.shape, y.shape, a)),
  run(k, [y], [x, w], a) {
    const s = sizesOf(x.shape, w.shape, y.shape, a);
    const { way, lanes } = choose(k.gpu, s);
    const pixels = s.batch * s.oh * s.ow;
    const [kernel, groups] = {
      direct: [direct, up(y.size, 64)] as const,
      implicit: [implicit, up(up(pixels, 8) * up(s.oc, 8), 64)] as const,
      subgroup: [subgroup, up(pixels, 16) * up(s.oc, 8 * lanes)] as const,
    }[way];
    k.dispatch(kernel, { x, w, y }, s, lines(groups), way === 'subgroup' ? { SIZE: lanes } : {});
  },
  vjp: ([g], [x, w], a) => [
    conv2dInputOp([g, w], { ...a, of: x.shape }),
    conv2dWeightOp([x, g], { ...a, of: w.shape }),
  ],
});

export const conv2dInputOp: OpFunction<ConvAttrs> = op<ConvAttrs>('conv2dInput', {
  epilogue: true,
  shape([g, w], a) {
    demandSame(g, outputShape(a.of as Shape, w.shape, a), 'g');
    return a.of as Shape;
  },
  flops: ([x], [g, w], a) => 2 * productsOf(sizesOf(x.shape, w.shape, g.shape, a)),
  run(k, [dx], [g, w], a) {
    const s = sizesOf(dx.shape, w.shape, g.shape, a);
    const { way, lanes } = choose(k.gpu, s);
    const phases = s.sy * s.sx;
    const pixels = s.batch * up(s.ih, s.sy) * up(s.iw, s.sx);
    const [kernel, groups] = {
      direct: [inputDirect, up(dx.size, 64)] as const,
      implicit: [inputImplicit, up(phases * up(pixels, 8) * up(s.ic, 8), 64)] as const,
      subgroup: [inputSubgroup, phases * up(pixels, 16) * up(s.ic, 8 * lanes)] as const,
    }[way];
    k.dispatch(kernel, { g, w, dx }, s, lines(groups), way === 'subgroup' ? { SIZE: lanes } : {});
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

/** Few sums over very many pixels: the rows of g are cut into chunks, whose sums are added after. */
function weightGradient(k: Run, [dw]: Slot[], [x, g]: Slot[], a: ConvAttrs): void {
  const s = sizesOf(x.shape, dw.shape, g.shape, a);
  const { way, lanes } = choose(k.gpu, s);
  const taps = s.kh * s.kw;
  const [kernel, tiles, perGroup] = {
    direct: [weightDirect, dw.size, 64] as const,
    implicit: [weightImplicit, taps * up(s.ic, 8) * up(s.oc, 8), 64] as const,
    subgroup: [weightSubgroup, taps * up(s.ic, 16) * up(s.oc, 8 * lanes), 1] as const,
  }[way];
  const rows = s.batch * s.oh;
  const wanted = k.gpu.software ? 16 * perGroup : 16384;
  const chunk = Math.max(1, up(rows, Math.min(64, up(wanted, tiles))));
  const chunks = Math.max(1, up(rows, chunk));
  const sums = chunks > 1 ? k.scratch(chunks * dw.size) : dw;
  const groups = lines(up(chunks * tiles, perGroup));
  const size: Record<string, number> = way === 'subgroup' ? { SIZE: lanes } : {};
  k.dispatch(kernel, { x, g, dw: sums }, { ...s, chunk, chunks }, groups, size);
  if (chunks > 1) reduce(k, 'sum', sums, dw, { outer: 1, n: chunks, inner: dw.size });
}

function demandSame(t: Tensor, expected: Shape, name: string): void {
  demand(
    t.shape.length === expected.length && t.shape.every((d, i) => d === expected[i]),
    () =>
      `${name} is ${dims(t)}, expected ${dims(expected)}. It is a gradient of the convolution's output.`,
  );
}
