import { higher, lower, near, type ParityRow } from './judge.ts';

const negativeBound = lower('test_neg_elbo', 0.05);
const importanceBound = lower('test_nll_iwae1000', 0.05);
const kl = near('test_kl', 0.05);
const activeUnits = higher('active_units', 1);

/** The reference's runs of variational autoencoders. */
export const vaeRows: readonly ParityRow[] = [
  {
    name: 'vae_digits8',
    model: 'vae',
    data: 'digits8',
    metrics: { negativeBound, kl, importanceBound, activeUnits },
  },
  {
    name: 'vae_long_digits8',
    model: 'vae',
    data: 'digits8',
    settings: { steps: 4000, lr: 3e-3 },
    metrics: { negativeBound, kl, importanceBound, activeUnits },
  },
  {
    name: 'vae_beta4_digits8',
    model: 'vae',
    data: 'digits8',
    settings: { beta: 4 },
    metrics: { kl, activeUnits: near('active_units', 1), importanceBound },
  },
  {
    name: 'vae_beta20_collapse_digits8',
    model: 'vae',
    data: 'digits8',
    settings: { beta: 20 },
    // The collapse is the result here: no metric may be better than it.
    metrics: {
      kl: near('test_kl', 0.0005),
      activeUnits: near('active_units', 0),
      importanceBound: near('test_nll_iwae1000', 0.05),
    },
  },
  {
    name: 'vae_warmup_digits8',
    model: 'vae',
    data: 'digits8',
    settings: { lr: 3e-3, warm: 1000 },
    metrics: { negativeBound, kl, importanceBound, activeUnits },
  },
  {
    name: 'vae_z2_digits8',
    model: 'vae',
    data: 'digits8',
    settings: { latent: 2 },
    metrics: { negativeBound, kl: near('test_kl', 0.05) },
  },
  {
    name: 'vae_iwae5_digits8',
    model: 'iwae',
    data: 'digits8',
    metrics: { importanceBound, negativeBound, activeUnits },
  },
  {
    name: 'vae_iwae5_long_digits8',
    model: 'iwae',
    data: 'digits8',
    settings: { steps: 4000, lr: 3e-3 },
    metrics: { importanceBound, negativeBound, activeUnits },
  },
];
