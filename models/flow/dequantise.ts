import {
  add,
  log,
  logSigmoid,
  mul,
  neg,
  sigmoid,
  sub,
  type Tensor,
  uniform,
} from '../../engine/index.ts';
import { gaussian } from './prior.ts';
import type { Elementwise, Transform } from './transform.ts';

/** Grey levels made real numbers. */
export interface Dequantised {
  /** Values in [0, 1). */
  y: Tensor;
  /** log q(u|x) of the noise that was added, in units of one level: [B] or [], nats. */
  logNoise: Tensor | number;
}

/**
 * Images of levels v / white, v = 0..white, as y = (v + u) / (white + 1) with u uniform on [0, 1): then
 * P(v) ≥ E log p(y) − log levels (Theis et al. 2015, arXiv 1511.01844, section 3.1).
 */
export const uniformNoise =
  (white: number) =>
  (x: Tensor): Dequantised => ({ y: withNoise(x, uniform(x.shape), white), logNoise: 0 });

/**
 * The same with u from a flow of its own, `given` the image, that maps standard noise to (0, 1): then
 * P(v) ≥ E [log p(y) − log q(u|x)] − log levels, which can be tighter (Ho et al. 2019, arXiv 1902.00275,
 * eq. 12).
 */
export const variationalNoise =
  (given: (x: Tensor) => Transform, white: number) =>
  (x: Tensor): Dequantised => {
    const eps = gaussian.draw(x.shape);
    const [u, logAbsDet] = given(x).forward(eps);
    return { y: withNoise(x, u, white), logNoise: sub(gaussian.logDensity(eps), logAbsDet) };
  };

/** (v + u) / levels, for x = v / white. */
const withNoise = (x: Tensor, u: Tensor, white: number): Tensor =>
  mul(add(mul(x, white), u), 1 / (white + 1));

/**
 * Values y of [0, 1] as brightness: the middle of level v, y = (v + ½) / levels, is v / white. What
 * lies outside comes out slightly below 0 or above 1.
 */
export const brightness = (y: Tensor, white: number): Tensor =>
  sub(mul(y, (white + 1) / white), 0.5 / white);

/**
 * Bits per dimension of levels, from log p(y) and log q(u|x) of D dimensions in nats:
 * −(log p − log q) / (D ln 2) + log₂ levels. The uniform density, log p = 0, gives log₂ levels.
 */
export const bitsPerDimension = (
  logDensity: Tensor,
  logNoise: Tensor | number,
  size: number,
  white: number,
): Tensor => add(mul(sub(logNoise, logDensity), 1 / (size * Math.LN2)), Math.log2(white + 1));

/** How near to 0 and 1 `logits` lets a value come. */
const MARGIN = 0.05;

/**
 * Values y of [0, 1] to the real line: logit(0.05 + 0.9 y), the logit of RealNVP (arXiv 1605.08803,
 * section 4.1) with a margin on both sides.
 */
export const logits: Elementwise = {
  forward(y) {
    const p = add(mul(y, 1 - 2 * MARGIN), MARGIN);
    const [below, above] = [log(p), log(sub(1, p))];
    return [sub(below, above), sub(Math.log(1 - 2 * MARGIN), add(below, above))];
  },
  inverse(x) {
    const slope = add(logSigmoid(x), logSigmoid(neg(x)));
    const y = mul(sub(sigmoid(x), MARGIN), 1 / (1 - 2 * MARGIN));
    return [y, sub(slope, Math.log(1 - 2 * MARGIN))];
  },
};
