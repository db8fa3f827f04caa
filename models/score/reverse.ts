import {
  add,
  broadcastTo,
  div,
  maximum,
  mean,
  mul,
  normal,
  type Shape,
  sqrt,
  square,
  sub,
  type Tensor,
} from '../../engine/index.ts';
import { ula } from '../energy/langevin.ts';
import { chains, type Sampler } from '../sampler.ts';
import { perRow, sumOfRows } from '../rows.ts';
import type { Sde } from './processes.ts';

/** A process with what turns it round. */
export interface Reversible {
  readonly sde: Sde;
  /** ∇log p_t(x), [B, ...], for x [B, ...] at times t [B]. */
  score(x: Tensor, t: Tensor): Tensor;
  /** Where time ends on the way back, ε > 0: at 0 the score of data on a surface is infinite. */
  readonly end: number;
}

/** How the reverse process is followed. */
export interface ReverseOptions {
  /** Steps of equal size from 1 to the end. */
  readonly steps: number;
  /** Langevin moves after each step; none for Euler–Maruyama. */
  readonly corrections?: number;
  /** r: size of the noise of a correction times r is that of its score. */
  readonly signal?: number;
}

/**
 * Samples [n, ...] by the reverse process dx = [f x − g² ∇log p_t(x)] dt + g dw̄, eq. (6), in steps of
 * Euler and Maruyama from noise at t = 1, each with so many corrections (algorithms 1, 4 and 5).
 */
export function reverseSampler(
  shape: Shape,
  process: Reversible,
  { steps, corrections = 0, signal = 0.16 }: ReverseOptions,
  result?: (x: Tensor) => Tensor,
): Sampler {
  const h = (1 - process.end) / steps;
  const at = (t: number) => broadcastTo(t, [shape[0]]);
  return chains(shape, steps, {
    start: () => mul(normal(shape), process.sde.prior),
    move(x, i) {
      let y = predict(process, x, at(1 - i * h), h);
      for (let k = 0; k < corrections; k++) {
        y = correct(process, y, at(1 - (i + 1) * h), h, signal);
      }
      return y;
    },
    result,
  });
}

/** One step of Euler and Maruyama back in time. */
function predict({ sde, score }: Reversible, x: Tensor, t: Tensor, h: number): Tensor {
  const [f, g2] = [perRow(sde.drift(t), x), perRow(sde.diffusion(t), x)];
  const slope = sub(mul(x, f), mul(score(x, t), g2));
  return add(sub(x, mul(slope, h)), mul(normal(x.shape), sqrt(mul(g2, h))));
}

/**
 * One Langevin move at time t with ε = 2 α (r ‖z‖ / ‖s‖)², the norms as means over the batch and α one
 * for VE, 1 − β(t) h for the others.
 */
function correct(process: Reversible, x: Tensor, t: Tensor, h: number, signal: number): Tensor {
  const s = process.score(x, t);
  const noise = normal(x.shape);
  const norm = (v: Tensor) => mean(sqrt(sumOfRows(square(v))));
  const alpha = maximum(add(1, mul(process.sde.drift(t), 2 * h)), 0); // drift is −β/2
  const eps = mul(mul(alpha, 2), square(mul(div(norm(noise), norm(s)), signal)));
  return ula(() => s, x, perRow(mul(eps, 2), x), { noise });
}

/** E x(0) given x = x(t), by Tweedie's formula: (x + std² ∇log p_t(x)) / scale. */
export function tweedie({ sde, score }: Reversible, x: Tensor, t: Tensor): Tensor {
  const { scale, std } = sde.kernel(t);
  return div(add(x, mul(score(x, t), perRow(square(std), x))), perRow(scale, x));
}
