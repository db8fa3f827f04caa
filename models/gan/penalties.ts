import {
  add,
  grad,
  mean,
  mul,
  norm,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  uniform,
} from '../../engine/index.ts';

/** The scores of points [B, ...shape]. */
export type Score = (x: Tensor) => Tensor;

/** ∂D/∂x at each of points [B, ...shape], flat: [B, size]. It differentiates again. */
export function slopes(score: Score, points: Tensor): Tensor {
  const [slope] = grad(sum(score(points)), [points]);
  return reshape(slope, [points.shape[0], -1]);
}

/** E (‖∂D/∂x‖₂ − 1)² over points: the penalty of eq. (3) of Gulrajani et al. 2017, arXiv 1704.00028. */
export const oneCentred = (score: Score, points: Tensor): Tensor =>
  mean(square(sub(norm(slopes(score, points), 1), 1)));

/** E ‖∂D/∂x‖² over points: of data it is R₁, eq. (9) of Mescheder et al. 2018, arXiv 1801.04406. */
export const zeroCentred = (score: Score, points: Tensor): Tensor =>
  mean(sum(square(slopes(score, points)), 1));

/** ε x + (1 − ε) x̃ with one ε ~ U[0, 1] for each pair. */
export function between(real: Tensor, fake: Tensor): Tensor {
  const [n, ...shape] = real.shape;
  const eps = uniform([n, ...shape.map(() => 1)]);
  return add(mul(real, eps), mul(fake, sub(1, eps)));
}
