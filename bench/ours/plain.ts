import { frechet } from '../../models/metrics/gaussian.ts';
import { coverage, moments } from '../float64/samples.ts';
import { type Builders, build } from '../problems/kinds.ts';
import type { Contestant, Work } from '../types.ts';
import { resolving } from './samples.ts';

/** Metrics of samples as loops over float64. */
const loops: Builders<Work> = {
  coverage: ({ size, k }, { real, fake }) =>
    resolving(() => {
      const found = coverage(real, fake, size, k);
      return [found.precision, found.recall, found.density, found.coverage];
    }),
  frechet: ({ size }, { real, fake }) =>
    resolving(() => {
      const [a, b] = [real, fake].map((rows) => ({ size, n: 0, ...moments(rows, size) }));
      return [frechet(a, b)];
    }),
};

/** JavaScript on one core, without a GPU. */
export const contestant: Contestant = {
  name: 'plain JavaScript',
  open: async () => {},
  prepare: async (problem, inputs) => build(loops, problem, inputs),
};
