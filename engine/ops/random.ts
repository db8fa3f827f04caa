import rank from '../../shaders/rank/2_block.wgsl';
import bits from '../../shaders/random_bits/1_philox.wgsl';
import boxMuller from '../../shaders/random_normal/1_box_muller.wgsl';
import philox from '../../shaders/random_uniform/1_philox.wgsl';
import { about, demand } from '../errors.ts';
import { type Kernel, lines } from '../kernel.ts';
import { op, toTensor } from '../op.ts';
import { nextCall, rngKey } from '../random.ts';
import { type Arg, type DType, dims, type Shape, type Tensor } from '../tensor.ts';
import { argmax } from './along.ts';
import { demandFloat } from './axes.ts';
import { add, cast, less, log, maximum, neg } from './pointwise.ts';

interface Attrs {
  readonly shape: Shape;
  /** Which random op of the step this is. */
  readonly call: number;
}

function randomOp(name: string, kernel: Kernel, dtype: DType) {
  const record = op<Attrs>(name, {
    shape: (_, { shape }) => ({ shape, dtype }),
    run(k, [y], [key], { call }) {
      const groups = lines(Math.ceil(y.size / 256));
      if (y.size > 0) k.dispatch(kernel, { key, y }, { n: y.size, call }, groups);
    },
    vjp: () => [null],
  });
  return (shape: Shape): Tensor =>
    about(name, () => {
      demand(
        shape.every((d) => Number.isInteger(d) && d >= 0),
        () => `${dims(shape)} is no shape. Use integers of at least 0.`,
      );
      return record([rngKey()], { shape, call: nextCall() });
    });
}

/** Uniform on the multiples of 2⁻²⁴ in [0, 1). The same seed, step and run draw the same bits. */
export const uniform = randomOp('uniform', philox, 'f32');
/** Standard normal, to 6.7 sigma. The same seed, step and run draw the same bits. */
export const normal = randomOp('normal', boxMuller, 'f32');
const words = randomOp('randomBits', bits, 'u32');

/** 1 with probability p for each element of p, else 0 (f32). No gradient passes. */
export const bernoulli = (p: Arg): Tensor =>
  about('bernoulli', () => {
    const t = toTensor(p);
    demandFloat(t);
    return cast(less(uniform(t.shape), t), 'f32');
  });

/**
 * Index along the last axis (u32), drawn with probabilities softmax(logits): the largest of logits
 * plus Gumbel noise. No gradient passes.
 */
export const categorical = (logits: Arg): Tensor =>
  about('categorical', () => {
    const t = toTensor(logits);
    demandFloat(t);
    // Half a step above 0, whose noise of −∞ would make even the likeliest tie with the impossible.
    const gumbel = neg(log(neg(log(maximum(uniform(t.shape), 2 ** -25)))));
    return argmax(add(t, gumbel), -1);
  });

const MOST = 65536;

const rankOp = op('rank', {
  shape: ([key]) => ({ shape: key.shape, dtype: 'u32' }),
  run(k, [y], [key]) {
    const n = key.size;
    if (n > 0) k.dispatch(rank, { key, y }, { n }, lines(Math.ceil(n / 256)));
  },
});

/** The numbers 0 ... n − 1 in random order (u32). Work grows as n²; throws for n > 65,536. */
export const permutation = (n: number): Tensor =>
  about('permutation', () => {
    demand(
      Number.isInteger(n) && n >= 0 && n <= MOST,
      () => `n is ${n}, expected an integer from 0 to ${MOST}. Shuffle longer lists on the host.`,
    );
    return rankOp([words([n])]);
  });
