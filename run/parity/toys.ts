import { higher, lower, near } from './judge.ts';

/** Metrics of densities on the plane. */
export const density = {
  nll: lower('test_nll', 0.02),
  kl: lower('kl', 0.02),
  integral: near('density_integral', 0.001),
};

/** How far samples are from the data. */
export const energy = lower('energy_distance', 0.002);

/** How samples spread over the modes of a mixture. */
export const modes = {
  modes: higher('modes', 0),
  hq: higher('hq', 0.03),
  modeKl: lower('mode_kl', 0.02),
};
