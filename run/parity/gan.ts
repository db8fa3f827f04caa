import type { ModelName } from '../../models/catalog.ts';
import type { Values } from '../../models/settings.ts';
import { lower, type ParityRow } from './judge.ts';
import { energy, modes } from './toys.ts';

const row = (name: string, data: string, model: ModelName, settings?: Values): ParityRow => ({
  name: `gan_${name}_${data}`,
  model,
  data,
  settings,
  metrics: {
    ...modes,
    energyDistance: energy,
    emaEnergyDistance: lower('ema_energy_distance', 0.002),
  },
});

/** The reference's runs of generative adversarial networks. */
export const ganRows: readonly ParityRow[] = [
  row('minimax', 'eight_gaussians', 'gan', { loss: 'minimax' }),
  row('ns', 'eight_gaussians', 'gan'),
  row('wgan', 'eight_gaussians', 'wgan'),
  row('wgangp', 'eight_gaussians', 'wgan_gp'),
  row('sn', 'eight_gaussians', 'sngan', { scale: 1 }),
  row('sn8', 'eight_gaussians', 'sngan'),
  row('r1', 'eight_gaussians', 'r1_gan'),
  row('ns', 'grid25', 'gan'),
  row('sn8', 'grid25', 'sngan'),
];
