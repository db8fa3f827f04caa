import { byEntries, type Result, total, unravel } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky } from './numbers.ts';

/** Causal convolution along time with gaps between its taps, [batch, steps, cin], as in WaveNet. */
export interface Conv1d {
  kind: 'conv1d';
  batch: number;
  steps: number;
  cin: number;
  cout: number;
  size: number;
  dilation: number;
}

const sizesOf = ({ batch, steps, cin, cout, size }: Conv1d) => ({
  x: batch * steps * cin,
  w: size * cin * cout,
  y: batch * steps * cout,
});

export const conv1d: Kind<Conv1d> = {
  mode: 'throughput',
  shape: ({ batch, steps, cin, cout, size, dilation }) =>
    `[${[batch, steps, cin]}]*[${[size, cin, cout]}] dilation ${dilation}`,
  flops: (p) => 2 * sizesOf(p).y * p.size * p.cin,
  bytes: (p) => 4 * Object.values(sizesOf(p)).reduce((a, b) => a + b),
  inputs(p, random) {
    const { x, w } = sizesOf(p);
    return { x: spiky(x, random), w: spiky(w, random) };
  },
  judge(p, { x, w }) {
    const { batch, steps, cin, cout, size, dilation } = p;
    const result: Result = {
      size: sizesOf(p).y,
      entry(i) {
        const [b, t, co] = unravel(i, [batch, steps, cout]);
        return total(size * cin, (j) => {
          const [tap, ci] = unravel(j, [size, cin]);
          const at = t - (size - 1 - tap) * dilation;
          return at < 0 ? 0 : x[(b * steps + at) * cin + ci] * w[(tap * cin + ci) * cout + co];
        });
      },
    };
    return byEntries([result]);
  },
};
