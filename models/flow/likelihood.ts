import {
  adam,
  add,
  grad,
  mean,
  mul,
  neg,
  type Optimiser,
  schedules,
  type Shape,
  sizeOf,
  type Tensor,
} from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';
import type { Model } from '../model.ts';
import { onePass } from '../sampler.ts';
import { gaussian, type Prior } from './prior.ts';
import { bitsPerDimension, brightness, type Dequantised, uniformNoise } from './dequantise.ts';
import type { Transform } from './transform.ts';

/** A model whose density is exact: log p(x) = log p(z) + log |det ∂z/∂x|, z = forward(x). */
export interface Flow extends Model, Transform {
  /** The law of z. */
  readonly prior: Prior;
  /** log p(x) of each row: [B], nats. */
  logDensity(x: Tensor): Tensor;
}

/** A flow on images of grey levels, which are real numbers of [0, 1] to it, after dequantisation. */
export interface ImageFlow extends Flow {
  /** Bits per dimension of images with values 0..1, for one draw of the noise that dequantises: [B]. */
  bits(x: Tensor): Tensor;
}

interface Training {
  readonly steps: number;
  readonly batch: number;
  readonly lr: number;
}

/** log p(x) by the change of variables. */
function densityOf({ forward }: Transform, prior: Prior): (x: Tensor) => Tensor {
  return (x) => {
    const [z, logAbsDet] = forward(x);
    return add(prior.logDensity(z), logAbsDet);
  };
}

/**
 * A flow on points [B, 2], trained by Adam to a high mean of log p(x). The learning rate falls to
 * zero in the second half; gradients are clipped to norm 5.
 */
export function pointFlow(
  transform: Transform,
  variables: Tree,
  config: Training,
  prior: Prior = gaussian,
): Flow & { optimisers: { optimiser: Optimiser } } {
  const optimiser = adam(variables);
  const logDensity = densityOf(transform, prior);
  return {
    ...transform,
    prior,
    logDensity,
    variables,
    optimisers: { optimiser },
    rows: config.batch,
    step(x, i) {
      const loss = neg(mean(logDensity(x)));
      const gradients = grad(loss, optimiser.variables);
      optimiser.update(gradients, {
        lr: config.lr * schedules.linearTail(i, config.steps),
        clip: 5,
      });
      return { loss };
    },
    sampler: (n) => onePass(() => transform.inverse(prior.draw([n, 2]))[0]),
  };
}

/** From images to noise. */
export interface ImageMap {
  /** Dequantised images [B, H, W, C] to noise [B, D]. */
  readonly transform: Transform;
  /** By uniform noise unless given. */
  readonly dequantise?: (x: Tensor) => Dequantised;
}

/** How a flow on images is trained and drawn from. */
export interface ImageOptions extends Training {
  /** Updates until the learning rate is full. */
  readonly warm: number;
  /** Standard deviation of the noise that samples are made of, of a standard deviation of the prior. */
  readonly temperature: number;
  /** [H, W, C] of the images, of levels 0..white. */
  readonly shape: Shape;
  readonly white: number;
  readonly prior?: Prior;
  readonly trained: Tree;
  /** Kept in checkpoints but not trained. */
  readonly fixed?: Tree;
  /** The same map, which assigns what follows from the first batch: the first step does no more. */
  readonly first?: ImageMap;
}

/**
 * A flow on images of levels, trained by Adam to few bits per dimension. The learning rate falls to
 * zero in the second half; gradients are clipped to norm 1.
 */
export function imageFlow(map: ImageMap, options: ImageOptions): ImageFlow {
  const { shape, white, steps, batch, trained } = options;
  const { prior = gaussian, fixed = {}, first } = options;
  const optimiser = adam(trained);
  const logDensity = densityOf(map.transform, prior);

  const bitsBy = ({ transform, dequantise = uniformNoise(white) }: ImageMap, x: Tensor) => {
    const { y, logNoise } = dequantise(x);
    return bitsPerDimension(densityOf(transform, prior)(y), logNoise, sizeOf(shape), white);
  };
  return {
    ...map.transform,
    prior,
    logDensity,
    bits: (x) => bitsBy(map, x),
    variables: { trained, fixed },
    optimisers: { optimiser },
    rows: batch,
    step(x, i) {
      if (first && i === 0) return { bits: mean(bitsBy(first, x)) };
      const loss = mean(bitsBy(map, x));
      const { lr, warm } = options;
      const rate = lr * schedules.warmUp(i, warm) * schedules.linearTail(i, steps);
      optimiser.update(grad(loss, optimiser.variables), { lr: rate, clip: 1 });
      return { bits: loss };
    },
    sampler: (n) =>
      onePass(() => {
        const z = mul(prior.draw([n, sizeOf(shape)]), options.temperature);
        return brightness(map.transform.inverse(z)[0], white);
      }),
  };
}
