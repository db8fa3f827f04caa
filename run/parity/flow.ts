import type { ParityRow } from './judge.ts';
import { density, energy, modes } from './toys.ts';

/** The reference's runs of normalizing flows. */
export const flowRows: readonly ParityRow[] = [
  {
    name: 'flow_realnvp_eight_gaussians',
    model: 'realnvp',
    data: 'eight_gaussians',
    metrics: { ...density, energyDistance: energy, ...modes },
  },
  {
    name: 'flow_realnvp_two_moons',
    model: 'realnvp',
    data: 'two_moons',
    metrics: { ...density, energyDistance: energy },
  },
];
