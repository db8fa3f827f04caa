import type { Tensor } from '../../engine/index.ts';
import type { Model } from '../model.ts';
import type { Sampler } from '../sampler.ts';

/** How images are drawn. */
export interface Draw {
  /** Divides the logits: 1 draws from p, less draws what is likelier. */
  temperature?: number;
  /** Classes of the images, one each, for a model that is conditioned on them; in turn unless given. */
  classes?: Uint32Array<ArrayBuffer>;
}

/** A model p(x) = Π_d p(x_d | x_<d) of images with values 0..1. */
export interface Autoregressive extends Model {
  /**
   * What the distribution of each pixel is made of, [B, P, K], for images [B, H, W, C]: a function
   * of the pixels before it alone.
   */
  logits(x: Tensor, classes?: Tensor | null): Tensor;
  /** log p(x) of images [B, H, W, C], given their classes [B] where the model has any: [B], nats. */
  logLikelihood(x: Tensor, classes?: Tensor | null): Tensor;
  /** Draws n images, a pixel for each pass; a pass computes only what is new. */
  sampler(n: number, options?: Draw): Sampler;
}
