import { lower, near, type ParityRow } from './judge.ts';
import { energy, modes } from './toys.ts';

/** Settings of the machines on digits, by the name of their run. */
const machines = {
  cd1: {},
  cd10: { k: 10 },
  pcd1: { chains: 'persistent' },
} as const;

/** Settings of the energies on points, by the name of their run. */
const energies = {
  pcd_langevin: {},
  pcd_langevin_ff: { network: 'fourier', l2: 0.001, batch: 128, steps: 800, reinit: 0.1 },
  cd_short: { start: 'data' },
} as const;

/** The reference's runs of energy-based models. */
export const ebmRows: readonly ParityRow[] = [
  ...Object.entries(machines).map(([run, settings]) => ({
    name: `ebm_rbm_${run}_digits8`,
    model: 'rbm' as const,
    data: 'digits8',
    settings,
    metrics: {
      nll: lower('test_nll', 0.05),
      trainNll: lower('train_nll', 0.05),
      logZ: near('logZ', 0.05),
    },
  })),
  ...Object.entries(energies).map(([run, settings]) => ({
    name: `ebm_${run}_eight_gaussians`,
    model: 'ebm' as const,
    data: 'eight_gaussians',
    settings,
    metrics: {
      nll: lower('test_nll', 0.02),
      kl: lower('kl', 0.02),
      energyDistance: energy,
      modes: modes.modes,
      hq: modes.hq,
    },
  })),
];
