import {
  adam,
  add,
  argmin,
  cast,
  div,
  exp,
  floor,
  gather,
  grad,
  less,
  log,
  matmul,
  mean,
  mul,
  neg,
  maximum,
  nn,
  oneHot,
  reshape,
  type Shape,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  uniform,
  type Variable,
  where,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import type { Model } from '../model.ts';
import { codePrior } from './code_prior.ts';
import { gridNetworks } from './grid_networks.ts';
import { pixelsOf } from './pixels.ts';

/** How much of the running counts and sums a step keeps. */
const DECAY = 0.99;
/** A code used less than this part of its share starts anew. */
const SELDOM = 0.1;

/**
 * VQ-VAE: an autoencoder whose latents are a grid of codes from a learned book, and a prior over such
 * grids. A. van den Oord, O. Vinyals and K. Kavukcuoglu, Neural Discrete Representation Learning,
 * 2017, arXiv 1711.00937.
 *
 *   c = argmin_j ‖z_e(x) − e_j‖ at each place of the grid,  z_q = e_c                  eq. (1), (2)
 *   loss = −log p(x|z_q) + β ‖z_e − sg(e)‖²                                                eq. (3)
 *   ∂z_q/∂z_e taken to be 1 (straight-through)
 *   e_j = m_j / N_j, running averages of the sum and the count of the z_e with code j   appendix A.1
 *   log p(x) ≥ log p(x|z_q(x)) + log P(c(x)), P an autoregressive prior                section 3.3
 *
 * The first steps train the autoencoder, the last `prior_steps` the prior, with the codes as they are.
 */
export interface VqVae extends Model {
  /** Codes in the book. */
  readonly codes: number;
  /** Height and width of the grid of codes. */
  readonly grid: readonly [height: number, width: number];
  /** The book: [codes, D]. */
  book(): Tensor;
  /** Codes of images [B, H, W, C]: [B, h, w], u32. */
  encode(x: Tensor): Tensor;
  /** Mean pixels of the images of codes [B, h, w]: [B, H, W, C], 0..1. */
  decode(codes: Tensor): Tensor;
  /** The two terms of the bound log p(x) ≥ reconstruction + prior, each [B], nats. */
  bound(x: Tensor): { reconstruction: Tensor; prior: Tensor };
}

/** A VQ-VAE for images [H, W, C] with values 0..1 in steps of 1 / `white`. */
export function vqvae(config: Config<'vqvae'>, shape: Shape, white: number): VqVae {
  const { codes, dimensions: D } = config;
  const { encoder, decoder, grid } = gridNetworks(config, shape);
  const pixels = pixelsOf(config.decoder, white);
  const prior = codePrior({ codes, grid, width: config.width, layers: config.layers });
  const counts = nn.filled(0, [codes], 'counts'); // N
  const sums = nn.filled(0, [codes, D], 'sums'); // m

  const trained = { encoder: encoder.variables, decoder: decoder.variables, ...pixels.variables };
  const autoencoder = adam(trained);
  const ofPrior = adam(prior.variables);

  const book = () => div(sums, reshape(maximum(counts, 1e-12), [codes, 1]));
  const grids = (c: Tensor) => reshape(c, [-1, ...grid]);
  const encode = (x: Tensor) => grids(nearest(reshape(encoder.run(x), [-1, D]), book()));
  const decode = (c: Tensor) => pixels.mean(decoder.run(gather(book(), c)));

  return {
    variables: { ...trained, prior: prior.variables, counts, sums },
    optimisers: { autoencoder, prior: ofPrior },
    rows: config.batch,
    codes,
    grid,
    book,
    encode,
    decode,

    bound(x) {
      const c = encode(x);
      const reconstruction = pixels.logLikelihood(x, decoder.run(gather(book(), c)));
      return { reconstruction, prior: prior.logProbability(c) };
    },

    step(x, i) {
      const z = encoder.run(x); // [B, h, w, D]
      const c = nearest(reshape(z, [-1, D]), book()); // eq. (1)
      const e = reshape(gather(book(), c), z.shape); // eq. (2)
      const logits = decoder.run(straightThrough(z, e));
      const reconstruction = neg(mean(pixels.logLikelihood(x, logits)));
      const commitment = mean(sum(square(sub(z, stopGradient(e))), [1, 2, 3]));
      const ofCodes = neg(mean(prior.logProbability(grids(c))));

      if (i < config.steps - config.prior_steps) {
        const loss = add(reconstruction, mul(commitment, config.beta)); // eq. (3)
        autoencoder.update(grad(loss, autoencoder.variables), { lr: config.lr });
        moveBook(counts, sums, reshape(z, [-1, D]), c);
      } else {
        ofPrior.update(grad(ofCodes, ofPrior.variables), { lr: config.prior_lr });
      }
      return {
        loss: add(reconstruction, ofCodes),
        reconstruction,
        prior: ofCodes,
        commitment,
        perplexity: perplexity(c, codes),
      };
    },

    sampler: (n) => prior.sampler(n, decode),
  };
}

/** Which of the rows of a book [K, D] is nearest to each of z [N, D]: [N], u32. Eq. (1). */
export function nearest(z: Tensor, book: Tensor): Tensor {
  const lengths = sum(square(book), 1); // ‖z − e‖² but for ‖z‖², which is the same for all e
  return argmin(sub(lengths, mul(matmul(z, book, { tb: true }), 2)), 1);
}

/** The value of e, with the gradient of z. */
export const straightThrough = (z: Tensor, e: Tensor): Tensor => add(z, stopGradient(sub(e, z)));

/**
 * Moves the running counts N [K] and sums m [K, D] towards those of z [N, D] with codes c [N]
 * (appendix A.1). A code that is hardly used starts anew at one of z; all are so at first.
 */
export function moveBook(counts: Variable, sums: Variable, z: Tensor, c: Tensor): void {
  const [[n], codes] = [z.shape, counts.size];
  const share = n / codes;
  const hits = oneHot(c, codes); // [N, K]
  const counted = add(mul(counts, DECAY), mul(sum(hits, 0), 1 - DECAY));
  const summed = add(mul(sums, DECAY), mul(matmul(hits, z, { ta: true }), 1 - DECAY));
  const seldom = less(counted, SELDOM * share);
  const someZ = gather(z, cast(floor(mul(uniform([codes]), n)), 'u32'));
  counts.assign(where(seldom, share, counted));
  sums.assign(where(reshape(seldom, [codes, 1]), mul(someZ, share), summed));
}

/** exp of the entropy of how often each code comes in c: 1 for one code alone, up to K. */
export function perplexity(c: Tensor, codes: number): Tensor {
  const p = mean(oneHot(c, codes), 0);
  return exp(neg(sum(mul(p, log(maximum(p, 1e-12))))));
}

// Beside the paper: the book moves by running averages alone (appendix A.1), seldom used codes
// start anew (as in Jukebox, arXiv 2005.00341), the prior is a small PixelCNN without gates, and
// the commitment term is summed over the grid like the pixels of the reconstruction.
