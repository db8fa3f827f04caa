import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import type { Gpu, Tensor } from '../engine/index.ts';
import { normal } from './inputs.ts';
import type { Nd } from './reference.ts';

// Convolutions of 3 × 3, all three computed by F(2 × 2, 3 × 3) whatever the adapter would choose. A sum of k
// products may be off by k + 2 roundings of its terms. Here the terms are up to 9 times as large (see
// engine/ops/winograd.ts), summed over channels or tiles, between transforms of 4 + 4 additions each.

let gpu: Gpu;
beforeAll(async () => {
  const names = ['conv2d', 'conv2d_input', 'conv2d_weight'];
  const always = Object.fromEntries(names.map((name) => [name, { '*': ['1_winograd'] }]));
  gpu = await o.open({ seed: 0, tuning: always });
});
afterAll(() => gpu.close());

const upload = (x: Nd): Tensor => o.tensor(Float32Array.from(x.data), x.shape);
const weights = ['winograd_image', 'winograd_gradient', 'matmul', 'winograd_weight'];
const images = ['winograd_image', 'winograd_filter', 'matmul', 'winograd_output'];

interface Row {
  name: string;
  size: [batch: number, height: number, width: number];
  channels: [number, number];
  padding: [[number, number], [number, number]];
}

const rows: Row[] = [
  {
    name: 'even sides',
    size: [1, 8, 8],
    channels: [128, 128],
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  {
    name: 'odd sides',
    size: [3, 5, 9],
    channels: [128, 132],
    padding: [
      [0, 1],
      [2, 0],
    ],
  },
];

describe.each(rows)('winograd, $name', ({ size: [B, H, W], channels: [ic, oc], padding }) => {
  const [[top, low], [left, right]] = padding;
  const [oh, ow] = [H + top + low - 2, W + left + right - 2];
  const [x, w, g] = [normal([B, H, W, ic]), normal([3, 3, ic, oc], 0.1), normal([B, oh, ow, oc])];
  const bias = normal([oc]);
  const options = { padding, inputShape: x.shape, weightShape: w.shape };

  /** Calls `visit(x, w, y)` with the flat positions, less channels, of each pixel under each tap. */
  function taps(visit: (pixel: number, tap: number, window: number) => void): void {
    for (let y = 0; y < B * oh * ow; y++) {
      for (let tap = 0; tap < 9; tap++) {
        const iy = (Math.floor(y / ow) % oh) + Math.floor(tap / 3) - top;
        const ix = (y % ow) + (tap % 3) - left;
        if (iy < 0 || iy >= H || ix < 0 || ix >= W) continue;
        visit((Math.floor(y / (oh * ow)) * H + iy) * W + ix, tap, y);
      }
    }
  }

  /** Compares a sample of the results with float64, in units of what rounding may cost. */
  async function check(fn: () => Tensor, kernels: string[], terms: number, want: Want) {
    const { result, events } = await gpu.profile(gpu.step(fn));
    expect(events.map(({ kernel }) => kernel.split('/')[0])).toEqual(kernels);
    const actual = await result.data();
    const unit = 9 * (terms + 2 + 8) * 2 ** -24;
    let worst = 0;
    for (let i = 0; i < actual.length; i += 997) {
      const { value, size } = want(i);
      worst = Math.max(worst, Math.abs(actual[i] - Math.max(0, value)) / (unit * size));
    }
    expect(worst).toBeLessThanOrEqual(1);
  }
  type Want = (i: number) => { value: number; size: number };

  /** The sum of products over channels or pixels, and of their magnitudes. */
  function total(add: (term: (v: number) => void) => void) {
    const sum = { value: 0, size: 0 };
    add((v) => {
      sum.value += v;
      sum.size += Math.abs(v);
    });
    return sum;
  }

  test('forward, with bias and relu in the store', () =>
    check(
      () => o.relu(o.add(o.conv2d(upload(x), upload(w), options), upload(bias))),
      images,
      ic,
      (i) =>
        total((term) => {
          const [window, c] = [Math.floor(i / oc), i % oc];
          term(bias.data[c]);
          taps((pixel, tap, y) => {
            if (y !== window) return;
            for (let k = 0; k < ic; k++) {
              term(x.data[pixel * ic + k] * w.data[(tap * ic + k) * oc + c]);
            }
          });
        }),
    ));

  test('gradient of the image, with relu in the store', () =>
    check(
      () => o.relu(o.conv2dInput(upload(g), upload(w), options)),
      images,
      oc,
      (i) =>
        total((term) => {
          const [at, c] = [Math.floor(i / ic), i % ic];
          taps((pixel, tap, y) => {
            if (pixel !== at) return;
            for (let k = 0; k < oc; k++) {
              term(g.data[y * oc + k] * w.data[(tap * ic + c) * oc + k]);
            }
          });
        }),
    ));

  test('gradient of the filter, with relu in the store', () =>
    check(
      () => o.relu(o.conv2dWeight(upload(x), upload(g), options)),
      weights,
      B * oh * ow,
      (i) =>
        total((term) => {
          const [at, c, k] = [Math.floor(i / (ic * oc)), Math.floor(i / oc) % ic, i % oc];
          taps((pixel, tap, y) => {
            if (tap === at) term(x.data[pixel * ic + c] * g.data[y * oc + k]);
          });
        }),
    ));
});
