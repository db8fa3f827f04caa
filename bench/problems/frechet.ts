import { frechet as distance } from '../../models/metrics/gaussian.ts';
import { moments } from '../float64/samples.ts';
import { byEntries, known } from './entries.ts';
import type { Kind } from './kind.ts';
import { uniform } from './numbers.ts';

/** The Fréchet distance of two samples of n rows of `size` numbers. */
export interface Frechet {
  kind: 'frechet';
  n: number;
  size: number;
}

export const frechet: Kind<Frechet> = {
  mode: 'latency',
  shape: ({ n, size }) => `2 [${n},${size}]`,
  /** Two covariances and, of the root, two products, a factor and a tridiagonal form. */
  flops: ({ n, size }) => 2 * 2 * n * size ** 2 + (2 * 2 + 1 / 3 + 4 / 3) * size ** 3,
  bytes: ({ n, size }) => 4 * 2 * n * size,
  inputs({ n, size }, random) {
    const mixed = (by: number) => {
      const rows = uniform(n * size, 1, random);
      return rows.map((v, i) => (i % size ? v + by * rows[i - 1] : v)); // neighbours go together
    };
    return { real: mixed(0.5), fake: mixed(0.8) };
  },
  /** Relative to both traces: the distance is a small difference of these. */
  judge({ size }, { real, fake }) {
    const [a, b] = [real, fake].map((rows) => ({ size, n: 0, ...moments(rows, size) }));
    const spread = [a, b].flatMap(({ covariance }) =>
      Array.from({ length: size }, (_, i) => covariance[i * (size + 1)]),
    );
    const scale = spread.reduce((sum, v) => sum + v, 0);
    return byEntries([known([distance(a, b)], [scale])]);
  },
};
