import { lower, type ParityRow } from './judge.ts';

/** Digits: nats each within 0.05, and the means of their pixels within a fifth of the reference's error. */
const digits = {
  bound: lower('test_nll_bound', 0.05),
  trainBound: lower('train_nll_bound', 0.05),
};

/** Names: nats each within 0.1; a name has about 7 symbols, so bits per symbol within 0.02. */
const names = {
  bound: lower('test_nll_bound', 0.1),
  trainBound: lower('train_nll_bound', 0.1),
  bitsPerSymbol: lower('bound_per_char_bits', 0.02),
};

/** The reference's runs of discrete diffusion models. */
export const discreteRows: readonly ParityRow[] = [
  {
    name: 'discrete_mdlm_digits8',
    model: 'mdlm',
    data: 'digits8',
    metrics: { ...digits, pixelError: lower('sample_mean_abs_err', 0.002) },
  },
  { name: 'discrete_sedd_digits8', model: 'sedd', data: 'digits8', metrics: digits },
  { name: 'discrete_uniform_digits8', model: 'd3pm', data: 'digits8', metrics: digits },
  { name: 'discrete_mdlm_names', model: 'mdlm', data: 'names', metrics: names },
  { name: 'discrete_uniform_names', model: 'd3pm', data: 'names', metrics: names },
];
