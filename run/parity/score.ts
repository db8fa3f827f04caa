import { higher, lower, type ParityRow } from './judge.ts';
import { energy, modes } from './toys.ts';

/** Where they are exact, scores are compared in their mean squared distance from the exact one. */
const matched = {
  fisherDivergence: lower('fisher_divergence', 0.02),
  relativeScoreError: lower('relative_score_error', 0.001),
};
const matching = { dsm: 'denoising', ssm: 'sliced', ism: 'implicit' } as const;
const flow = {
  nll: lower('pfode_nll', 0.02),
  kl: lower('kl', 0.02),
  energyDistance: energy,
  odeEnergyDistance: lower('ode_energy_distance', 0.002),
};

/** The reference's runs of score-based models. */
export const scoreRows: readonly ParityRow[] = [
  ...Object.entries(matching).map(([name, objective]) => ({
    name: `score_${name}_eight_gaussians`,
    model: 'score_matching' as const,
    data: 'eight_gaussians',
    settings: { objective },
    metrics: matched,
  })),
  {
    name: 'score_ncsn_eight_gaussians',
    model: 'ncsn',
    data: 'eight_gaussians',
    metrics: {
      energyDistance: energy,
      ...modes,
      noisyEnergyDistance: lower('nodenoise_energy_distance', 0.002),
    },
  },
  {
    name: 'score_vpsde_eight_gaussians',
    model: 'score_sde',
    data: 'eight_gaussians',
    metrics: { ...flow, ...modes, odeHq: higher('ode_hq', 0.03) },
  },
  {
    name: 'score_vpsde_ff_checkerboard',
    model: 'score_sde',
    data: 'checkerboard',
    settings: { fourier: 'yes', steps: 2000, passes: 50 },
    metrics: {
      ...flow,
      onSupport: higher('on_support', 0.03),
      odeOnSupport: higher('ode_on_support', 0.03),
    },
  },
];
