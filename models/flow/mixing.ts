import {
  add,
  currentGpu,
  exp,
  inverse,
  logAbsDet,
  matmul,
  mul,
  reshape,
  type Shape,
  sum,
  type Tensor,
  transpose,
  triangularSolve,
  tril,
  triu,
  type Variable,
  variable,
} from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';
import { factorise, randomRotation } from './rotation.ts';
import type { Transform } from './transform.ts';

/** An invertible matrix W [C, C]. */
export interface Matrix {
  matrix(): Tensor;
  inverse(): Tensor;
  /** ln |det W|, []. */
  logAbsDet(): Tensor;
}

/** A matrix that a flow learns. */
export interface Mixing extends Matrix {
  readonly trained: Tree;
  /** Kept in checkpoints but not trained. */
  readonly fixed: Tree;
}

/**
 * A convolution with 1×1 filters and as many channels out as in, y = W x at every pixel of [B, H, W, C]:
 * log |det| = H W ln |det W| (Kingma and Dhariwal 2018, arXiv 1807.03039, eq. 9).
 */
export function invertible1x1({ matrix, inverse: back, logAbsDet: log }: Matrix): Transform {
  const pixels = ({ shape }: Tensor) => shape[1] * shape[2];
  return {
    forward: (x) => [matmul(x, matrix(), { tb: true }), mul(log(), pixels(x))],
    inverse: (y) => [matmul(y, back(), { tb: true }), mul(log(), -pixels(y))],
  };
}

/** A matrix as it is; determinant and inverse by elimination, O(C³). */
export const plain = (weight: Tensor | Variable): Matrix => ({
  matrix: () => reshape(weight, weight.shape),
  inverse: () => inverse(weight),
  logAbsDet: () => logAbsDet(weight),
});

/** A random rotation of C channels, the same for equal seeds of the engine and equal layers. */
const rotation = (channels: number, layer: number) =>
  randomRotation(channels, currentGpu().seed, STREAMS + layer);
/** Where the random streams of rotations begin; those of lower numbers shuffle data. */
const STREAMS = 2 ** 31;

/** W itself is learned, from a random rotation. */
export function directMixing(channels: number, layer: number): Mixing {
  const weight = host(rotation(channels, layer), [channels, channels], 'mixing');
  return { ...plain(weight), trained: { weight }, fixed: {} };
}

/**
 * W = P L (U + diag(s)) with a fixed permutation P, L of ones and U of zeros on the diagonal, from a random
 * rotation: then ln |det W| = Σ ln |s| (eq. 10 and 11 there). The signs of s stay.
 */
export function luMixing(channels: number, layer: number): Mixing {
  const square = [channels, channels];
  const { permutation, lu } = factorise(rotation(channels, layer), channels);
  const diagonal = lu.filter((_, i) => i % (channels + 1) === 0);
  const trained = {
    factors: host(lu, square, 'L and U'),
    logDiagonal: host(
      diagonal.map((s) => Math.log(Math.abs(s))),
      [channels],
      'log s',
    ),
  };
  const fixed = {
    permutation: host(permutation, square, 'permutation'),
    sign: host(diagonal.map(Math.sign), [channels], 'sign of s'),
  };
  const ones = Float64Array.from({ length: channels ** 2 }, (_, i) => +(i % (channels + 1) === 0));
  const one = host(ones, square, 'identity');
  /** U + diag(s). */
  const upper = () => {
    const s = mul(fixed.sign, exp(trained.logDiagonal));
    return add(triu(trained.factors, 1), mul(one, s));
  };
  return {
    trained,
    fixed,
    matrix() {
      const lower = add(tril(trained.factors, -1), one);
      return matmul(fixed.permutation, matmul(lower, upper()));
    },
    inverse() {
      const half = triangularSolve(trained.factors, transpose(fixed.permutation), { unit: true });
      return triangularSolve(upper(), half, { upper: true });
    },
    logAbsDet: () => sum(trained.logDiagonal),
  };
}

/** Numbers of the host as a variable of f32. */
const host = (values: Float64Array, shape: Shape, name: string): Variable =>
  variable(Float32Array.from(values), shape, { name });
