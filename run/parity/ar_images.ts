import { lower, near, type ParityRow } from './judge.ts';

const likelihood = {
  nll: lower('test_nll', 0.05),
  trainNll: lower('train_nll', 0.05),
  bitsPerDim: lower('bits_per_dim', 0.02),
  sampleNll: near('sample_nll_self', 0.05),
};

/** The reference's runs of autoregressive models of images. */
export const imageRows: readonly ParityRow[] = [
  { name: 'ar_made_digits8', model: 'made', data: 'digits8', metrics: likelihood },
  { name: 'ar_pixelcnn_digits8', model: 'pixelcnn', data: 'digits8', metrics: likelihood },
  {
    name: 'ar_pixelcnn_pos_digits8',
    model: 'pixelcnn',
    data: 'digits8',
    settings: { position: 'learned', lr: 5e-3 },
    metrics: { ...likelihood, pixelFrechet: lower('bin_pixel_frechet', 0.02) },
  },
];
