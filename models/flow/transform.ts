import {
  add,
  type Arg,
  broadcastTo,
  concat,
  reshape,
  type Shape,
  sizeOf,
  split,
  type Tensor,
} from '../../engine/index.ts';
import { sumOfRows } from '../rows.ts';

/** What a transform made of a batch, and the logarithm of how much it stretched volume, nats. */
export type Mapped = readonly [outputs: Tensor, logAbsDet: Tensor];

/**
 * An invertible map of a batch. `logAbsDet` is [B], or [] where it is the same for all rows; that of
 * the inverse is the one of the forward map with the other sign.
 */
export interface Transform {
  forward(x: Tensor): Mapped;
  inverse(y: Tensor): Mapped;
  /** The maps that it does one after another, where there are several. */
  readonly steps?: readonly Transform[];
}

/** The maps that a transform does one after another. */
export const stepsOf = (transform: Transform): readonly Transform[] =>
  transform.steps ?? [transform];

/**
 * Invertible maps of numbers, each on its own, with the logarithm of the slope at each: [B, ...], or
 * what broadcasts to it.
 */
export interface Elementwise {
  forward(x: Tensor): readonly [y: Tensor, logSlope: Arg];
  inverse(y: Tensor): readonly [x: Tensor, logSlope: Arg];
}

/** Transforms one after another; the logarithms of their determinants add up. */
export function chain(...transforms: readonly Transform[]): Transform {
  const backwards = [...transforms].reverse();
  const run = (x: Tensor, order: readonly Transform[], way: 'forward' | 'inverse'): Mapped => {
    const first = order[0][way](x);
    return order.slice(1).reduce(([h, total], transform): Mapped => {
      const [y, logAbsDet] = transform[way](h);
      return [y, add(total, logAbsDet)];
    }, first);
  };
  return {
    forward: (x) => run(x, transforms, 'forward'),
    inverse: (y) => run(y, backwards, 'inverse'),
    steps: transforms.flatMap(stepsOf),
  };
}

/** A transform in the other direction. */
export const inverted = ({ forward, inverse, steps }: Transform): Transform => ({
  forward: inverse,
  inverse: forward,
  ...(steps && { steps: steps.map(inverted).reverse() }),
});

/** An elementwise map as a transform. */
export const each = ({ forward, inverse }: Elementwise): Transform => ({
  forward: (x) => mapped(forward(x)),
  inverse: (y) => mapped(inverse(y)),
});

/** What an elementwise map gave, with the sum of its logarithms over each row. */
export const mapped = ([y, logSlope]: readonly [Tensor, Arg]): Mapped => [
  y,
  sumOfRows(broadcastTo(logSlope, y.shape)),
];

/** The log-determinant of what leaves volume as it is. */
export const unchanged = (): Tensor => broadcastTo(0, []);

/** Rows of one shape as rows of another. */
export const reshaped = (from: Shape, to: Shape): Transform => ({
  forward: (x) => [reshape(x, [-1, ...to]), unchanged()],
  inverse: (y) => [reshape(y, [-1, ...from]), unchanged()],
});

/** One level of a pyramid. */
export interface Level {
  readonly flow: Transform;
  /** Height, width and channels that `flow` gives. */
  readonly shape: Shape;
  /** Makes noise of what leaves here, given what stays, [B, H, W, C/2]; the identity unless given. */
  prior?(stays: Tensor): Elementwise;
}

/**
 * Images [B, H, W, C] to noise [B, D] through levels, after each but the last of which half of the
 * channels leave (Dinh et al. 2016, arXiv 1605.08803, section 3.6). A learned prior of the half that
 * leaves is one more transform, from it to standard noise. The noise lies level by level.
 */
export function pyramid(levels: readonly Level[]): Transform {
  const last = levels.length - 1;
  const leaving = levels.map(({ shape }, i) => sizeOf(shape) / (i === last ? 1 : 2));

  const forward = (x: Tensor): Mapped => {
    const parts: Tensor[] = [];
    const logs: Tensor[] = [];
    let h = x;
    levels.forEach(({ flow, prior }, i) => {
      const [y, logAbsDet] = flow.forward(h);
      const [stays, leaves] = i < last ? split(y, 2, -1) : [y, y];
      const [noise, log] = prior ? each(prior(stays)).forward(leaves) : [leaves, 0];
      parts.push(reshape(noise, [-1, leaving[i]]));
      logs.push(add(logAbsDet, log));
      h = stays;
    });
    return [concat(parts, 1), logs.reduce((a, b) => add(a, b))];
  };

  const inverse = (z: Tensor): Mapped => {
    const parts = split(z, leaving, 1);
    const logs: Tensor[] = [];
    let h = null as Tensor | null;
    for (let i = last; i >= 0; i--) {
      const { flow, prior, shape } = levels[i];
      const [height, width, channels] = shape;
      const wide = i < last ? channels / 2 : channels;
      const noise = reshape(parts[i], [-1, height, width, wide]);
      const [leaves, log] = prior ? each(prior(h ?? noise)).inverse(noise) : [noise, 0];
      const [x, logAbsDet] = flow.inverse(h ? concat([h, leaves], -1) : leaves);
      logs.push(add(logAbsDet, log));
      h = x;
    }
    return [h as Tensor, logs.reduce((a, b) => add(a, b))];
  };

  return { forward, inverse };
}
