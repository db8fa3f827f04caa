import { div, mean, mul, nn, type Shape, sqrt, square, type Tensor } from '../../engine/index.ts';
import { timeMlp } from '../backbones/time_mlp.ts';
import type { Config } from '../catalog.ts';
import type { Model } from '../model.ts';
import { over } from '../settings.ts';
import { type Sampler, through } from '../sampler.ts';
import { type Vae, vae } from '../vae/vae.ts';
import { type Diffusion, diffusion, type Sampling } from './ddpm.ts';

/**
 * Latent diffusion. R. Rombach, A. Blattmann, D. Lorenz, P. Esser and B. Ommer, High-Resolution Image
 * Synthesis with Latent Diffusion Models, 2022, arXiv 2112.10752.
 *
 *   first an autoencoder  z = E(x), x ≈ D(z), with a small KL term                     section 3.1
 *   then, with it as it is, L = E ‖ε − ε_θ(z_t, t)‖²  of z / σ̂, σ̂² = E z²          eq. (2), appendix G
 *   samples  D(z), z by the diffusion model
 *
 * The autoencoder is a VAE (vae.ts), the first `vae_steps` of the steps train it. A VAE alone draws z from
 * N(0, I), where its decoder has seen few of the z that images have; the diffusion model draws from those.
 */
export interface LatentDiffusion extends Model {
  readonly autoencoder: Vae;
  /** The diffusion model of z [B, Z]. */
  readonly prior: Diffusion;
  sampler(n: number, options?: Sampling): Sampler;
}

/** A latent diffusion model for images [H, W, C] with values 0..1 in steps of 1 / `white`. */
export function latentDiffusion(
  config: Config<'latent_diffusion'>,
  shape: Shape,
  white: number,
  classes: number,
): LatentDiffusion {
  const { latent, vae_steps, vae_lr, steps, hidden, layers, variance } = config;
  const autoencoder = vae(
    {
      ...{ network: config.network, decoder: config.decoder, channels: config.channels },
      ...{ latent, hidden: config.units, layers: 1, beta: config.beta, warm: 0, free: 0 },
      ...{ bound: 'analytic', schedule: 'constant' },
      ...{ steps: vae_steps, batch: config.batch, lr: vae_lr },
    },
    shape,
    white,
  );
  const spread = nn.filled(1, [], 'spread'); // σ̂
  const outputs = (variance === 'learned' ? 2 : 1) * latent;
  const told = config.classes === 'yes' ? classes : 0;
  const network = timeMlp({ size: latent, hidden, layers, outputs, classes: told });
  const prior = diffusion(
    over(config, { steps: Math.max(1, steps - vae_steps) }),
    network,
    [latent],
    {
      into: (z) => div(z, spread),
      outOf: (z) => mul(z, spread),
      logScale: 0,
      bin: null,
    },
  );
  const embed = (x: Tensor) => autoencoder.embed(x);

  return {
    variables: { autoencoder: autoencoder.variables, prior: prior.variables, spread },
    optimisers: { ...named('autoencoder', autoencoder), ...named('prior', prior) },
    rows: config.batch,
    autoencoder,
    prior,

    step(x, i, given) {
      if (i >= vae_steps) return { loss: prior.step(embed(x), i - vae_steps, given).loss };
      if (i === vae_steps - 1) spread.assign(sqrt(mean(square(embed(x)))));
      return { loss: autoencoder.step(x, i).loss };
    },

    sampler: (n, options) => through(prior.sampler(n, options), (z) => autoencoder.decode(z)),
  };
}

const named = (name: string, { optimisers }: Model) => ({ [name]: optimisers.optimiser });

// Beside the paper: latents are vectors, not small images, and the network is a perceptron; σ̂ is that of
// one batch; no adversarial or perceptual loss in the autoencoder.
