import { choose } from '../choose.ts';
import { demand } from '../errors.ts';
import { lines } from '../kernel.ts';
import { op, type OpFunction } from '../op.ts';
import { dims, type Shape, type Tensor } from '../tensor.ts';
import {
  chunkOf,
  conv2dContract,
  conv2dInputContract,
  conv2dWeightContract,
} from './convkernels.ts';
import { type ConvSizes, productsOf } from './convsizes.ts';
import { reduce } from './fold.ts';
import { cast } from './pointwise.ts';
import { type Moves, outputOf, type Pair } from './window.ts';
import { goesWinograd, winograd, winogradInput, winogradWeight } from './winograd.ts';

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

/** The sizes of a convolution of x [B, ih, iw, ic] by w [kh, kw, ic / groups, oc] to y. */
function sizesOf(
  x: Shape,
  w: Shape,
  y: Shape,
  { stride, padding, dilation, groups }: ConvAttrs,
  half = false,
): ConvSizes {
  return {
    batch: x[0],
    ...{ ih: x[1], iw: x[2], ic: x[3] },
    ...{ oh: y[1], ow: y[2], oc: y[3] },
    ...{ kh: w[0], kw: w[1] },
    ...{ sy: stride[0], sx: stride[1], dy: dilation[0], dx: dilation[1] },
    ...{ py: padding[0][0], px: padding[1][0] },
    groups,
    half,
  };
}

export const conv2dOp: OpFunction<ConvAttrs> = op<ConvAttrs>('conv2d', {
  epilogue: true,
  shape: ([x, w], a) => outputShape(x.shape, w.shape, a),
  flops: ([y], [x, w], a) => 2 * productsOf(sizesOf(x.shape, w.shape, y.shape, a)),
  run(k, [y], [x, w], a) {
    const s = sizesOf(x.shape, w.shape, y.shape, a, y.dtype === 'f16');
    const { kernel, launch } = choose(k.gpu, conv2dContract, s);
    if (goesWinograd(kernel)) return winograd(k, s, { x, w, y });
    const { groups, overrides } = launch(s, k.gpu);
    const { half: _, ...params } = s;
    k.dispatch(kernel, { x, w, y }, params, lines(groups), overrides);
  },
  vjp: ([g], [x, w], a) => [
    conv2dInputOp([g, w], { ...a, of: x.shape }),
    filterGradient(x, g, { ...a, of: w.shape }),
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
    const s = sizesOf(dx.shape, w.shape, g.shape, a, dx.dtype === 'f16');
    const { kernel, launch } = choose(k.gpu, conv2dInputContract, s);
    if (goesWinograd(kernel)) return winogradInput(k, s, { g, w, dx });
    const { groups, overrides } = launch(s, k.gpu);
    const { half: _, ...params } = s;
    k.dispatch(kernel, { g, w, dx }, params, lines(groups), overrides);
  },
  vjp: ([h], [g, w], { of: _, ...a }) => [
    conv2dOp([h, w], a),
    filterGradient(h, g, { ...a, of: w.shape }),
  ],
});

export const conv2dWeightOp: OpFunction<ConvAttrs> = op<ConvAttrs>('conv2dWeight', {
  epilogue: true,
  shape([x, g], a) {
    demandSame(g, outputShape(x.shape, a.of as Shape, a), 'g');
    return a.of as Shape;
  },
  flops: ([w], [x, g], a) => 2 * productsOf(sizesOf(x.shape, w.shape, g.shape, a)),
  run(k, [dw], [x, g], a) {
    const s = sizesOf(x.shape, dw.shape, g.shape, a);
    const { kernel, launch } = choose(k.gpu, conv2dWeightContract, s);
    if (goesWinograd(kernel)) return winogradWeight(k, s, { x, g, dw });
    const { groups, overrides, parts: chunks = 1 } = launch(s, k.gpu);
    const chunk = chunkOf(s.batch * s.oh, chunks);
    const sums = chunks > 1 ? k.scratch(chunks * dw.size) : dw;
    const { half: _, ...sizes } = s;
    const params = { ...sizes, chunk, chunks };
    k.dispatch(kernel, { x, g, dw: sums }, params, lines(groups), overrides);
    // Few sums over very many pixels: the chunks are added after.
    if (chunks > 1) reduce(k, 'sum', sums, dw, { outer: 1, n: chunks, inner: dw.size });
  },
  vjp: ([h], [x, g], { of: _, ...a }) => [
    conv2dInputOp([g, h], { ...a, of: x.shape }),
    conv2dOp([x, h], a),
  ],
});

/** The gradient of a filter. Of half floats its long sums, which may be cut into parts, are kept in f32. */
function filterGradient(x: Tensor, g: Tensor, a: ConvAttrs): Tensor {
  if (g.dtype === 'f32') return conv2dWeightOp([x, g], a);
  return cast(conv2dWeightOp([cast(x, 'f32'), cast(g, 'f32')], a), 'f16');
}

function demandSame(t: Tensor, expected: Shape, name: string): void {
  demand(
    t.shape.length === expected.length && t.shape.every((d, i) => d === expected[i]),
    () =>
      `${name} is ${dims(t)}, expected ${dims(expected)}. It is a gradient of the convolution's output.`,
  );
}
