import { higher, lower, near, type ParityRow } from './judge.ts';

/** The reference's runs of variational autoencoders. */
export const vaeRows: readonly ParityRow[] = [
  {
    name: 'vae_digits8',
    model: 'vae',
    data: 'digits8',
    metrics: {
      negativeBound: lower('test_neg_elbo', 0.05),
      kl: near('test_kl', 0.05),
      importanceBound: lower('test_nll_iwae1000', 0.05),
      activeUnits: higher('active_units', 1),
    },
  },
];
