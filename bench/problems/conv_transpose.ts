import { byEntries, type Result, total, unravel } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky } from './numbers.ts';

/**
 * The transpose of a SAME convolution with a stride, from [batch, side, side, cin] to images
 * `stride` times as large, with filters [size, size, cout, cin]: what a decoder does.
 */
export interface ConvTranspose {
  kind: 'convTranspose';
  batch: number;
  side: number;
  cin: number;
  cout: number;
  size: number;
  stride: number;
}

/** Taps before the first pixel of the convolution that this transposes. */
const beforeOf = ({ size, stride }: ConvTranspose): number =>
  Math.floor(Math.max(0, size - stride) / 2);

const sizesOf = ({ batch, side, cin, cout, size, stride }: ConvTranspose) => ({
  x: batch * side * side * cin,
  w: size * size * cin * cout,
  y: batch * (side * stride) ** 2 * cout,
});

export const convTranspose: Kind<ConvTranspose> = {
  mode: 'throughput',
  shape: ({ batch, side, cin, cout, size, stride }) =>
    `[${[batch, side, side, cin]}] x${stride} [${[size, size, cout, cin]}]`,
  flops: (p) => 2 * sizesOf(p).x * p.size * p.size * p.cout,
  bytes: (p) => 4 * Object.values(sizesOf(p)).reduce((a, b) => a + b),
  inputs(p, random) {
    const { x, w } = sizesOf(p);
    return { x: spiky(x, random), w: spiky(w, random) };
  },
  judge(p, { x, w }) {
    const { batch, side, cin, cout, size, stride } = p;
    const before = beforeOf(p);
    const result: Result = {
      size: sizesOf(p).y,
      entry(i) {
        const [b, oy, ox, co] = unravel(i, [batch, side * stride, side * stride, cout]);
        return total(size * size * cin, (j) => {
          const [ky, kx, ci] = unravel(j, [size, size, cin]);
          const [y, c] = [(oy + before - ky) / stride, (ox + before - kx) / stride];
          const inside = (at: number) => Number.isInteger(at) && at >= 0 && at < side;
          if (!inside(y) || !inside(c)) return 0;
          const weight = w[((ky * size + kx) * cout + co) * cin + ci];
          return x[((b * side + y) * side + c) * cin + ci] * weight;
        });
      },
    };
    return byEntries([result], { most: 4096 });
  },
};
