import { coverage as inFloat64 } from '../float64/samples.ts';
import { byEntries, known } from './entries.ts';
import type { Kind } from './kind.ts';
import { uniform } from './numbers.ts';

/** Precision, recall, density and coverage of n fakes beside n real rows of `size` numbers. */
export interface Coverage {
  kind: 'coverage';
  n: number;
  size: number;
  k: number;
}

export const coverage: Kind<Coverage> = {
  mode: 'latency',
  shape: ({ n, size, k }) => `2 [${n},${size}], k ${k}`,
  /** Three tables of inner products. */
  flops: ({ n, size }) => 3 * 2 * n * n * size,
  bytes: ({ n, size }) => 4 * 2 * n * size,
  inputs({ n, size }, random) {
    const real = uniform(n * size, 1, random);
    return { real, fake: uniform(n * size, 1, random).map((v, i) => (i % size ? v : 0.8 * v)) };
  },
  /** Four shares. Three pairs may be told wrongly where float32 can't tell a distance from a radius. */
  judge({ n, size, k }, { real, fake }) {
    const { precision, recall, density, coverage: covered } = inFloat64(real, fake, size, k);
    const scales = new Array<number>(4).fill(1);
    const shares = [precision, recall, density, covered];
    return byEntries([known(shares, scales)], { tolerance: 3 / n });
  },
};
