import { lower, type ParityRow } from './judge.ts';
import { energy, modes } from './toys.ts';

/** The reference's runs of generative adversarial networks. */
export const ganRows: readonly ParityRow[] = [
  {
    name: 'gan_wgangp_eight_gaussians',
    model: 'wgan_gp',
    data: 'eight_gaussians',
    metrics: {
      ...modes,
      energyDistance: energy,
      emaEnergyDistance: lower('ema_energy_distance', 0.002),
    },
  },
];
