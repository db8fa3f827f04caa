import gradNaive from '../../shaders/cross_entropy_grad/1_naive.wgsl';
import gradVec4 from '../../shaders/cross_entropy_grad/2_vec4.wgsl';
import take from '../../shaders/take_along/1_gather.wgsl';
import { about, demand } from '../errors.ts';
import { lines } from '../kernel.ts';
import { op, toTensor } from '../op.ts';
import { type Arg, dims, type Tensor } from '../tensor.ts';
import {
  add,
  div,
  exp,
  expm1,
  greater,
  less,
  log,
  logSigmoid,
  mul,
  neg,
  softplus,
  square,
  sub,
  where,
} from './pointwise.ts';
import { mean as meanOf } from './reduce.ts';
import { logSoftmax } from './softmax.ts';
import { reshape } from './view.ts';

/**
 * Binary cross-entropy of logits and targets in [0, 1], elementwise: callers sum over dimensions and
 * average over the batch. Its terms never cancel: t softplus(−x) + (1 − t) softplus(x).
 */
export const bceWithLogits = (logits: Arg, target: Arg): Tensor =>
  add(mul(target, softplus(neg(logits))), mul(sub(1, target), softplus(logits)));

/** −log softmax(logits)[target] over the last axis: [..., n] and [...] (u32) make [...]. */
export const crossEntropy = (logits: Arg, target: Arg): Tensor =>
  about('crossEntropy', () => {
    const [x, t] = [toTensor(logits), toTensor(target, 'u32')];
    demand(
      t.dtype === 'u32' || t.dtype === 'i32',
      () => `targets ${dims(t)} are ${t.dtype}, expected u32 or i32. Use cast(x, 'u32').`,
    );
    demand(
      dims(t) === dims(x.shape.slice(0, -1)),
      () =>
        `logits ${dims(x)}, targets ${dims(t)}. Expected one target per row of logits; reshape.`,
    );
    return minusLogLikelihood([x, logSoftmax(x), t]);
  });

/**
 * -y[r, aim[r]] for y = logSoftmax(x). Its gradient goes to x at once, and none through y: so what
 * arrives is never spread over the classes and summed again. [..., n] twice and [...] make [...].
 */
const minusLogLikelihood = op('minusLogLikelihood', {
  shape: ([, , aim]) => ({ shape: aim.shape, dtype: 'f32' }),
  run(k, [l], [, y, aim]) {
    const params = { size: aim.size, n: y.size / aim.size, k: 1, inner: 1 };
    const groups = lines(Math.ceil(aim.size / 64));
    k.dispatch(take, { x: y, index: aim, y: l }, params, groups, { SIGN: -1 });
  },
  vjp: ([g], [, y, aim]) => [mul(reshape(g, [...aim.shape, 1]), excess([y, aim])), null, null],
  epilogue: true,
});

/** The softmax exp(y), less 1 at aim: the gradient of -y[aim] for the logits. [..., n] */
const excess = op('crossEntropyGrad', {
  shape: ([y]) => y.shape,
  run(k, [d], [y, aim]) {
    const [rows, n] = [aim.size, y.size / aim.size];
    const quads = n % 4 === 0;
    const groups = lines(Math.ceil(y.size / (quads ? 256 : 64)));
    k.dispatch(quads ? gradVec4 : gradNaive, { y, aim, d }, { rows, n }, groups);
  },
  vjp: ([h], [y]) => [mul(h, exp(y)), null],
  epilogue: true,
  flops: (_, [y]) => 20 * y.size,
});

/** Mean over all elements of (a − b)²: a scalar. */
export const mse = (a: Arg, b: Arg): Tensor => meanOf(square(sub(a, b)));

/** log N(x; mean, exp(logStd)²), elementwise. */
export const gaussianLogLikelihood = (x: Arg, mean: Arg, logStd: Arg): Tensor => {
  const z = mul(sub(x, mean), exp(neg(logStd)));
  return sub(mul(-0.5, square(z)), add(logStd, 0.5 * Math.log(2 * Math.PI)));
};

/**
 * Log-probability of the bin of x under a logistic distribution, elementwise. x is one of `levels`
 * equally spaced values from −1 to 1; the bins of the first and the last are open outwards
 * (Kingma et al. 2016, arXiv 1606.04934; Salimans et al. 2017, arXiv 1701.05517, eq. 2).
 *
 * With a and b the upper and the lower end of the bin in units of the scale,
 * σ(a) − σ(b) = σ(a) σ(−b) (1 − e^(b − a)), whose logarithm never cancels.
 */
export const discretizedLogisticLogLikelihood = (
  x: Arg,
  mean: Arg,
  logScale: Arg,
  { levels = 256 }: { levels?: number } = {},
): Tensor => {
  const half = 1 / (levels - 1);
  const inverse = exp(neg(logScale));
  const centre = sub(x, mean);
  const below = logSigmoid(mul(add(centre, half), inverse));
  const above = logSigmoid(mul(sub(half, centre), inverse));
  const width = log(neg(expm1(mul(-2 * half, inverse))));
  const inside = add(add(below, above), width);
  return where(less(x, half - 1), below, where(greater(x, 1 - half), above, inside));
};

/**
 * KL(N(mean, exp(logVar)) ‖ N(mean2, exp(logVar2))), elementwise; the second is the standard normal
 * distribution unless given (Kingma and Welling 2013, arXiv 1312.6114, appendix B).
 */
export const klDiagonalGaussians = (
  mean: Arg,
  logVar: Arg,
  mean2: Arg = 0,
  logVar2: Arg = 0,
): Tensor => {
  const ratio = sub(logVar, logVar2);
  const distance = div(square(sub(mean, mean2)), exp(logVar2));
  return mul(0.5, add(sub(expm1(ratio), ratio), distance));
};
