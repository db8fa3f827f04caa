import { lower, near, type ParityRow } from './judge.ts';

/** Names: nats each within 0.1; a name has about 7 symbols, so bits per symbol within 0.02. */
const names = {
  nll: lower('test_nll_per_name', 0.1),
  bitsPerSymbol: lower('test_bits_per_char', 0.02),
  trainNll: lower('train_nll_per_name', 0.1),
};

/** The reference's runs of autoregressive models of sequences. */
export const sequenceRows: readonly ParityRow[] = [
  { name: 'ar_gru_names', model: 'gru', data: 'names', metrics: names },
  { name: 'ar_transformer_names', model: 'transformer', data: 'names', metrics: names },
  {
    name: 'ar_wavenet_speech8k',
    model: 'wavenet',
    data: 'speech8k',
    metrics: {
      bitsPerSample: lower('test_bits_per_sample', 0.02),
      trainBitsPerSample: lower('train_bits_per_sample', 0.02),
      unigramBits: near('unigram_bits', 0.001),
    },
  },
];
