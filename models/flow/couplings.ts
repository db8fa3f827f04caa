import {
  add,
  type Arg,
  concat,
  exp,
  mul,
  neg,
  reshape,
  split,
  stack,
  sub,
  type Tensor,
  variable,
  where,
} from '../../engine/index.ts';
import { type Elementwise, type Mapped, mapped, type Transform } from './transform.ts';

/** Two halves of a batch and back. */
export interface Partition {
  split(x: Tensor): readonly [given: Tensor, changed: Tensor];
  join(given: Tensor, changed: Tensor): Tensor;
}

/** What a half that is given makes of each number of the other one. */
export type Conditioner = (given: Tensor) => Elementwise;

/**
 * Coupling layers: one half goes through unchanged and says how each number of the other half is
 * mapped, so the Jacobian is triangular; then the halves change roles (Dinh et al. 2014, arXiv
 * 1410.8516, section 3.2). A layer for each of `conditioners`.
 */
export function couplings(partition: Partition, conditioners: readonly Conditioner[]): Transform {
  const { split: cut, join } = partition;
  const odd = conditioners.length % 2 === 1;
  return {
    forward(x) {
      let [a, b] = cut(x);
      const logs = conditioners.map((mapOf) => {
        const [y, log] = mapped(mapOf(a).forward(b));
        [a, b] = [y, a];
        return log;
      });
      return [odd ? join(b, a) : join(a, b), logs.reduce((s, log) => add(s, log))];
    },
    inverse(y) {
      let [a, b] = cut(y);
      if (odd) [a, b] = [b, a];
      const logs = [...conditioners].reverse().map((mapOf) => {
        const [x, log] = mapped(mapOf(b).inverse(a));
        [a, b] = [b, x];
        return log;
      });
      return [join(a, b), logs.reduce((s, log) => add(s, log))];
    },
    steps: conditioners.map((mapOf, i) => coupling(partition, mapOf, i % 2 === 1)),
  };
}

/** One of these layers by itself; the second half is the one that is given where `odd`. */
function coupling({ split: cut, join }: Partition, mapOf: Conditioner, odd: boolean): Transform {
  const run = (x: Tensor, way: 'forward' | 'inverse'): Mapped => {
    const [first, second] = cut(x);
    const [given, changed] = odd ? [second, first] : [first, second];
    const [y, log] = mapped(mapOf(given)[way](changed));
    return [odd ? join(y, given) : join(given, y), log];
  };
  return { forward: (x) => run(x, 'forward'), inverse: (y) => run(y, 'inverse') };
}

/** The first and the second half of the last axis. */
export const halves: Partition = {
  split: (x) => split(x, 2, -1) as [Tensor, Tensor],
  join: (a, b) => concat([a, b], -1),
};

/** The even and the odd numbers of rows [B, D]. */
export const interleaved: Partition = {
  split(x) {
    const [even, odd] = split(reshape(x, [-1, x.shape[1] / 2, 2]), 2, 2);
    return [even, odd].map((t) => reshape(t, [-1, x.shape[1] / 2])) as [Tensor, Tensor];
  },
  join: (a, b) => reshape(stack([a, b], 2), [-1, 2 * a.shape[1]]),
};

/** The white and the black squares of images [B, height, W, C] of even width: [B, height, W/2, C] each. */
export function checkerboard(height: number): Partition {
  // Whether the first of each two pixels of a line is white: lines alternate.
  const white = Float32Array.from({ length: height }, (_, y) => 1 - (y % 2));
  const first = variable(white, [height, 1, 1], { name: 'checkerboard' });
  const swap = (a: Tensor, b: Tensor) => [where(first, a, b), where(first, b, a)] as const;
  return {
    split(x) {
      const [, , width, channels] = x.shape;
      const pairs = split(reshape(x, [-1, height, width / 2, 2, channels]), 2, 3);
      const [left, right] = pairs.map((t) => reshape(t, [-1, height, width / 2, channels]));
      return swap(left, right);
    },
    join(a, b) {
      const [, , half, channels] = a.shape;
      return reshape(stack(swap(a, b), 3), [-1, height, 2 * half, channels]);
    },
  };
}

/** x + shift, volume unchanged. */
export const additive = (shift: Tensor): Elementwise => ({
  forward: (x) => [add(x, shift), 0],
  inverse: (y) => [sub(y, shift), 0],
});

/** x · exp(logScale) + shift. */
export const affine = ({ shift, logScale }: { shift: Tensor; logScale: Tensor }): Elementwise => ({
  forward: (x) => [add(mul(x, exp(logScale)), shift), logScale],
  inverse: (y) => [mul(sub(y, shift), exp(neg(logScale))), neg(logScale)],
});

/** (x − mean) · exp(−logStd), which makes standard noise of N(mean, exp(logStd)²). */
export const standardise = ({ mean, logStd }: { mean: Arg; logStd: Arg }): Elementwise => ({
  forward: (x) => [mul(sub(x, mean), exp(neg(logStd))), neg(logStd)],
  inverse: (z) => [add(mul(z, exp(logStd)), mean), logStd],
});
