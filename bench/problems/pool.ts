import { byEntries, exact, type Result, total, unravel } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky } from './numbers.ts';

/** The largest or the mean of each 2×2 block of images [batch, side, side, channels]. */
export interface Pool {
  kind: 'pool';
  name: 'max' | 'avg';
  batch: number;
  side: number;
  channels: number;
}

export const pool: Kind<Pool> = {
  mode: 'throughput',
  shape: ({ batch, side, channels }) => `[${[batch, side, side, channels]}] 2x2`,
  flops: ({ batch, side, channels }) => batch * side * side * channels,
  bytes: ({ batch, side, channels }) => 5 * batch * side * side * channels,
  inputs: ({ batch, side, channels }, random) => ({
    x: spiky(batch * side * side * channels, random),
  }),
  judge({ name, batch, side, channels }, { x }) {
    const half = side / 2;
    const result: Result = {
      size: batch * half * half * channels,
      entry(i) {
        const [b, y, c, channel] = unravel(i, [batch, half, half, channels]);
        const at = (tap: number) => {
          const [row, col] = [2 * y + (tap >> 1), 2 * c + (tap & 1)];
          return x[((b * side + row) * side + col) * channels + channel];
        };
        if (name === 'avg') {
          const { value, scale } = total(4, at);
          return { value: value / 4, scale: scale / 4 };
        }
        return exact(Math.max(at(0), at(1), at(2), at(3)));
      },
    };
    return byEntries([result], { most: 4096 });
  },
};
