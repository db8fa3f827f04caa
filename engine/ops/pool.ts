import avg from '../../shaders/avg_pool/1_plain.wgsl';
import avgFour from '../../shaders/avg_pool/2_four.wgsl';
import avgInput from '../../shaders/avg_pool_input/1_plain.wgsl';
import avgInputFour from '../../shaders/avg_pool_input/2_four.wgsl';
import max from '../../shaders/max_pool/1_plain.wgsl';
import maxFour from '../../shaders/max_pool/2_four.wgsl';
import maxInput from '../../shaders/max_pool_input/1_plain.wgsl';
import maxInputFour from '../../shaders/max_pool_input/2_four.wgsl';
import pick from '../../shaders/max_pool_pick/1_plain.wgsl';
import pickFour from '../../shaders/max_pool_pick/2_four.wgsl';
import { about, demand } from '../errors.ts';
import { type Kernel, lines } from '../kernel.ts';
import { op, type OpFunction, type Run, type Slot, toTensor } from '../op.ts';
import { type Arg, dims, type Shape, type Tensor } from '../tensor.ts';
import { demandImages, movesOf, outputOf, type Padding, type Pair, pair } from './window.ts';

/** A window of `size` pixels; its stride is its size and its padding 0 unless given. */
export interface PoolOptions {
  readonly size: number | Pair;
  readonly stride?: number | Pair;
  readonly padding?: Padding;
}

interface Attrs {
  readonly size: Pair;
  readonly stride: Pair;
  readonly padding: readonly [Pair, Pair];
  /** Shapes of the images and of what the windows make of them. */
  readonly x: Shape;
  readonly y: Shape;
}

/** Dispatches one thread for each element of an output, or for each four neighbouring channels. */
function each(k: Run, kernels: readonly [Kernel, Kernel], slots: Record<string, Slot>, a: Attrs) {
  const [batch, ih, iw, ch] = a.x;
  const [, oh, ow] = a.y;
  const [[kh, kw], [sy, sx], [[py], [px]]] = [a.size, a.stride, a.padding];
  const params = { batch, ih, iw, ch, oh, ow, kh, kw, sy, sx, py, px };
  const four = ch % 4 === 0;
  const { size } = slots.dx ?? slots.y;
  k.dispatch(kernels[+four], slots, params, lines(Math.ceil(size / (four ? 256 : 64))));
}

/** The largest pixel of each window, and which one of the window it is. */
const maxPoolOp: OpFunction<Attrs> = op<Attrs>('maxPool2d', {
  shape: (_, { y }) => [
    { shape: y, dtype: 'f32' },
    { shape: y, dtype: 'u32' },
  ],
  run: (k, [y, index], [x], a) => each(k, [max, maxFour], { x, y, index }, a),
  vjp: ([g], _, a, [, index]) => [maxPoolInputOp([g, index], a)],
});

/** Brings what belongs to each window to the pixel of it that an index names. */
const maxPoolInputOp: OpFunction<Attrs> = op<Attrs>('maxPool2dInput', {
  shape: (_, { x }) => x,
  run: (k, [dx], [g, index], a) => each(k, [maxInput, maxInputFour], { g, index, dx }, a),
  vjp: ([h], [, index], a) => [maxPoolPickOp([h, index], a), null],
});

/** The pixel of each window that an index names. */
const maxPoolPickOp: OpFunction<Attrs> = op<Attrs>('maxPool2dPick', {
  shape: (_, { y }) => y,
  run: (k, [y], [x, index], a) => each(k, [pick, pickFour], { x, index, y }, a),
  vjp: ([g], [, index], a) => [maxPoolInputOp([g, index], a), null],
});

const avgPoolOp: OpFunction<Attrs> = op<Attrs>('avgPool2d', {
  shape: (_, { y }) => y,
  run: (k, [y], [x], a) => each(k, [avg, avgFour], { x, y }, a),
  vjp: ([g], _, a) => [avgPoolInputOp([g], a)],
});

const avgPoolInputOp: OpFunction<Attrs> = op<Attrs>('avgPool2dInput', {
  shape: (_, { x }) => x,
  run: (k, [dx], [g], a) => each(k, [avgInput, avgInputFour], { g, dx }, a),
  vjp: ([h], _, a) => [avgPoolOp([h], a)],
});

function attrsOf(x: Tensor, o: PoolOptions): Attrs {
  demandImages('x', x);
  const size = pair(o.size);
  demand(
    size.length === 2 && size.every((n) => Number.isInteger(n) && n >= 1),
    () => `size is [${size}], expected whole numbers of at least 1.`,
  );
  const [B, H, W, C] = x.shape;
  const moves = movesOf([H, W], size, { ...o, stride: o.stride ?? size });
  demand(
    moves.padding.every((sides, i) => Math.max(...sides) < size[i]),
    () =>
      `padding ${JSON.stringify(moves.padding)} of ${dims(x)} leaves windows of [${size}] with no ` +
      'pixel. Use less than the size.',
  );
  const y = [B, ...outputOf([H, W], size, moves), C];
  return { size, stride: moves.stride, padding: moves.padding, x: x.shape, y };
}

/**
 * The largest pixel of each window of x [B, H, W, C]: [B, H', W', C]. Padding does not count, NaN
 * wins, and the gradient goes to the first of equal pixels.
 */
export const maxPool2d = (x: Arg, o: PoolOptions): Tensor =>
  about('maxPool2d', () => {
    const t = toTensor(x);
    return maxPoolOp.all([t], attrsOf(t, o))[0];
  });

/** The mean of each window of x [B, H, W, C]: [B, H', W', C]. Padding counts as zeros. */
export const avgPool2d = (x: Arg, o: PoolOptions): Tensor =>
  about('avgPool2d', () => {
    const t = toTensor(x);
    return avgPoolOp([t], attrsOf(t, o));
  });
