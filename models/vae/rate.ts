/** Learning rate and how it falls. */
export interface Rate {
  lr: number;
  steps: number;
  schedule: 'constant' | 'stages';
}

/**
 * The learning rate at step i: `lr` all along, or in the stages of Burda et al. (2015, arXiv
 * 1509.00519, section 5), the i-th of which, i = 0..7, makes 3^i passes at lr · 10^(−i/7).
 */
export function stagedRate({ lr, steps, schedule }: Rate, i: number): number {
  if (schedule === 'constant') return lr;
  const passes = ((3 ** 8 - 1) / 2) * (i / steps); // of 3280
  const stage = Math.floor(Math.log(2 * passes + 1) / Math.log(3) + 1e-9);
  return lr * 10 ** (-Math.min(7, stage) / 7);
}
