import { lower, type ParityRow } from './judge.ts';

const nll = lower('test_nll', 0.05);

/** The reference's runs of autoregressive models of images. */
export const imageRows: readonly ParityRow[] = [
  {
    name: 'ar_made_digits8',
    model: 'made',
    data: 'digits8',
    metrics: { nll, trainNll: lower('train_nll', 0.05) },
  },
  { name: 'ar_pixelcnn_digits8', model: 'pixelcnn', data: 'digits8', metrics: { nll } },
  {
    name: 'ar_pixelcnn_pos_digits8',
    model: 'pixelcnn',
    data: 'digits8',
    settings: { position: 'learned', lr: 5e-3 },
    metrics: { nll, pixelFrechet: lower('bin_pixel_frechet', 0.02) },
  },
];
