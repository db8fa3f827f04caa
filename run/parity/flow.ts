import { higher, lower, type ParityRow } from './judge.ts';
import { density, energy, modes } from './toys.ts';

const models = ['realnvp', 'maf', 'flowpp'] as const;
const toys = {
  eight_gaussians: { ...density, energyDistance: energy, ...modes },
  two_moons: { ...density, energyDistance: energy },
  checkerboard: { ...density, energyDistance: energy, onSupport: higher('on_support', 0.03) },
};

/** The reference's runs of normalizing flows. */
export const flowRows: readonly ParityRow[] = [
  ...models.flatMap((model) =>
    Object.entries(toys).map(([data, metrics]) => ({
      name: `flow_${model}_${data}`,
      model,
      data,
      metrics,
    })),
  ),
  {
    name: 'flow_glow_digits8',
    model: 'glow',
    data: 'digits8',
    metrics: {
      testBits: lower('test_bpd', 0.02),
      trainBits: lower('train_bpd', 0.02),
      frechet: lower('sample_pixel_frechet_train', 0.02),
      precision: higher('sample_precision', 0.03),
      recall: higher('sample_recall', 0.03),
    },
  },
];
