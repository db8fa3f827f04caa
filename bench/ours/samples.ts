import { frechetDistance } from '../../models/metrics/frechet.ts';
import { precisionRecall } from '../../models/metrics/neighbours.ts';
import type { Builders } from '../problems/kinds.ts';
import type { Work } from '../types.ts';

/** Numbers that a call on the host resolves to, from rows on the host: uploads and readbacks count. */
export function resolving(run: () => Promise<number[]> | number[]): Work {
  let out: number[] = [];
  return {
    async call() {
      out = await run();
    },
    settle: async () => {},
    read: async () => [Float32Array.from(out)],
  };
}

/** Metrics of samples. */
export const samples: Builders<Work> = {
  coverage: ({ size, k }, { real, fake }) =>
    resolving(async () => {
      const found = await precisionRecall(real, fake, size, k);
      return [found.precision, found.recall, found.density, found.coverage];
    }),
  frechet: ({ size }, { real, fake }) =>
    resolving(async () => [await frechetDistance(real, fake, size)]),
};
