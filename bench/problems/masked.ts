import type { Inputs } from '../types.ts';
import { byEntries, type Result, total, unravel } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky } from './numbers.ts';

/** Masked convolution of square filters; `backward` adds both gradients for a given cotangent. */
export interface Masked {
  kind: 'masked';
  batch: number;
  height: number;
  width: number;
  cin: number;
  cout: number;
  size: number;
  type: 'A' | 'B';
  /** Colours that channels are ordered by. */
  colours: number;
  backward: boolean;
}

/** 1 where output channel o sees input channel i under a tap of [size, size, cin, cout], else 0. */
export function maskOf({ size, cin, cout, type, colours }: Masked): Float32Array {
  const centre = (size * size - 1) / 2;
  return Float32Array.from({ length: size * size * cin * cout }, (_, at) => {
    const [tap, i, o] = unravel(at, [size * size, cin, cout]);
    if (tap !== centre) return +(tap < centre);
    const [from, to] = [Math.floor((i * colours) / cin), Math.floor((o * colours) / cout)];
    return +(type === 'B' ? from <= to : from < to);
  });
}

/** y, and for a backward problem dx and dw, of x, w and the cotangent g. */
function results(problem: Masked, { x, w, g }: Inputs): Result[] {
  const { batch, height, width, cin, cout, size } = problem;
  const mask = maskOf(problem);
  const before = (size - 1) / 2;
  /** The pixel of an image that lies `down` and `right` of another; -1 outside. */
  const moved = (b: number, row: number, column: number, down: number, right: number): number => {
    const [y, z] = [row + down - before, column + right - before];
    return y >= 0 && y < height && z >= 0 && z < width ? (b * height + y) * width + z : -1;
  };
  const filter = (ky: number, kx: number, i: number, o: number) =>
    ((ky * size + kx) * cin + i) * cout + o;
  const output: Result = {
    size: batch * height * width * cout,
    entry(at) {
      const [b, row, column, o] = unravel(at, [batch, height, width, cout]);
      return total(size * size * cin, (j) => {
        const [ky, kx, i] = unravel(j, [size, size, cin]);
        const [pixel, f] = [moved(b, row, column, ky, kx), filter(ky, kx, i, o)];
        return pixel < 0 ? 0 : x[pixel * cin + i] * w[f] * mask[f];
      });
    },
  };
  if (!problem.backward) return [output];
  const dx: Result = {
    size: x.length,
    entry(at) {
      const [b, row, column, i] = unravel(at, [batch, height, width, cin]);
      return total(size * size * cout, (j) => {
        const [ky, kx, o] = unravel(j, [size, size, cout]);
        const pixel = moved(b, row, column, size - 1 - ky, size - 1 - kx);
        const f = filter(ky, kx, i, o);
        return pixel < 0 ? 0 : g[pixel * cout + o] * w[f] * mask[f];
      });
    },
  };
  const dw: Result = {
    size: w.length,
    entry(at) {
      const [ky, kx, i, o] = unravel(at, [size, size, cin, cout]);
      return total(batch * height * width, (j) => {
        const [b, row, column] = unravel(j, [batch, height, width]);
        const pixel = moved(b, row, column, ky, kx);
        return pixel < 0 ? 0 : x[pixel * cin + i] * g[j * cout + o] * mask[at];
      });
    },
  };
  return [output, dx, dw];
}

const sizesOf = ({ batch, height, width, cin, cout, size }: Masked) => ({
  x: batch * height * width * cin,
  w: size * size * cin * cout,
  y: batch * height * width * cout,
});

export const masked: Kind<Masked> = {
  mode: 'throughput',
  shape: ({ batch, height, width, cin, cout, size }) =>
    `[${[batch, height, width, cin]}]*[${[size, size, cin, cout]}]`,
  /** Of what the mask leaves. */
  flops(p) {
    const seen = maskOf(p).reduce((a, b) => a + b, 0);
    return 2 * p.batch * p.height * p.width * seen * (p.backward ? 3 : 1);
  },
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
