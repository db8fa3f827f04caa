import { higher, lower, type ParityRow } from './judge.ts';
import { energy, modes } from './toys.ts';

const passes = [100, 50, 20, 10, 5];

/** Metrics of points; `good` where a share of them can be told to be good. */
const points = (good: boolean) => ({
  bound: lower('vlb_nll', 0.02),
  gap: lower('vlb_gap', 0.02),
  energyDistance: energy,
  ...Object.fromEntries(
    passes.flatMap((n) => [
      [`ddim${n}EnergyDistance`, lower(`ddim${n}_energy_distance`, 0.002)],
      ...(good ? [[`ddim${n}Good`, higher(`ddim${n}_hq`, 0.03)]] : []),
    ]),
  ),
  ddim50UnclippedEnergyDistance: lower('ddim50_noclip_energy_distance', 0.002),
});

const images = Object.fromEntries(
  ['ddpm', 'ddim50', 'ddim20', 'ddim10'].flatMap((name) => {
    const theirs = name === 'ddpm' ? 'ddpm100' : name;
    return [
      [`${name}Frechet`, lower(`${theirs}_pixel_frechet_train`, 0.02)],
      [`${name}ClassifierScore`, higher(`${theirs}_inception_like_score`, 0.05)],
      [`${name}Precision`, higher(`${theirs}_precision`, 0.03)],
      [`${name}Recall`, higher(`${theirs}_recall`, 0.03)],
    ];
  }),
);

/** The reference's runs of diffusion models. */
export const diffusionRows: readonly ParityRow[] = [
  {
    name: 'diffusion_ddpm_eight_gaussians',
    model: 'ddpm',
    data: 'eight_gaussians',
    metrics: { ...points(true), ...modes },
  },
  {
    name: 'diffusion_ddpm_two_moons',
    model: 'ddpm',
    data: 'two_moons',
    metrics: points(false),
  },
  {
    name: 'diffusion_ddpm_ff_checkerboard',
    model: 'ddpm',
    data: 'checkerboard',
    metrics: { ...points(true), onSupport: higher('on_support', 0.03) },
  },
  { name: 'diffusion_ddpm_digits8', model: 'ddpm', data: 'digits8', metrics: images },
];
