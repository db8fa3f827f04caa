import type { Inputs } from '../types.ts';
import { byEntries, type Result, total, unravel } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky } from './numbers.ts';

/** Convolution, stride 1, SAME; `backward` adds both gradients for a given cotangent. */
export interface Conv {
  kind: 'conv';
  batch: number;
  height: number;
  width: number;
  cin: number;
  cout: number;
  size: number;
  backward: boolean;
}

/** y, and for a backward problem dx and dw, of x, w and the cotangent g. */
function results(problem: Conv, { x, w, g }: Inputs): Result[] {
  const { batch, height, width, cin, cout, size } = problem;
  const before = Math.floor((size - 1) / 2);
  const inside = (y: number, x: number) => y >= 0 && y < height && x >= 0 && x < width;
  const xAt = (b: number, y: number, c: number, ch: number) =>
    inside(y, c) ? x[((b * height + y) * width + c) * cin + ch] : 0;
  const gAt = (b: number, y: number, c: number, ch: number) =>
    inside(y, c) ? g[((b * height + y) * width + c) * cout + ch] : 0;
  const wAt = (ky: number, kx: number, ci: number, co: number) =>
    w[((ky * size + kx) * cin + ci) * cout + co];

  const output: Result = {
    size: batch * height * width * cout,
    entry(i) {
      const [b, oy, ox, co] = unravel(i, [batch, height, width, cout]);
      return total(size * size * cin, (j) => {
        const [ky, kx, ci] = unravel(j, [size, size, cin]);
        return xAt(b, oy + ky - before, ox + kx - before, ci) * wAt(ky, kx, ci, co);
      });
    },
  };
  if (!problem.backward) return [output];
  const dx: Result = {
    size: x.length,
    entry(i) {
      const [b, y, c, ci] = unravel(i, [batch, height, width, cin]);
      return total(size * size * cout, (j) => {
        const [ky, kx, co] = unravel(j, [size, size, cout]);
        return gAt(b, y - ky + before, c - kx + before, co) * wAt(ky, kx, ci, co);
      });
    },
  };
  const dw: Result = {
    size: w.length,
    entry(i) {
      const [ky, kx, ci, co] = unravel(i, [size, size, cin, cout]);
      return total(batch * height * width, (j) => {
        const [b, oy, ox] = unravel(j, [batch, height, width]);
        return xAt(b, oy + ky - before, ox + kx - before, ci) * gAt(b, oy, ox, co);
      });
    },
  };
  return [output, dx, dw];
}

const sizesOf = ({ batch, height, width, cin, cout, size }: Conv) => ({
  x: batch * height * width * cin,
  w: size * size * cin * cout,
  y: batch * height * width * cout,
});

export const conv: Kind<Conv> = {
  mode: 'throughput',
  shape: ({ batch, height, width, cin, cout, size }) =>
    `[${[batch, height, width, cin]}]*[${[size, size, cin, cout]}]`,
  flops: (p) => 2 * sizesOf(p).y * p.size * p.size * p.cin * (p.backward ? 3 : 1),
  bytes(p) {
    const { x, w, y } = sizesOf(p);
    return 4 * (x + w + y) * (p.backward ? 2 : 1);
  },
  inputs(p, random) {
    const { x, w, y } = sizesOf(p);
    return { x: spiky(x, random), w: spiky(w, random), g: spiky(y, random) };
  },
  judge: (p, inputs) => byEntries(results(p, inputs)),
};
