import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, type Tensor, tensor } from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { openSource, type Source } from '../models/data/source.ts';
import { vae } from '../models/vae/vae.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

describe('VAE', () => {
  const kinds = [
    ['mlp', 'bernoulli'],
    ['mlp', 'logistic'],
    ['conv', 'bernoulli'],
    ['conv', 'logistic'],
  ] as const;
  const rows = (n: number, from = 0) => Uint32Array.from({ length: n }, (_, i) => from + i);
  let binary: Source;
  let grey: Source;
  beforeAll(async () => {
    binary = await openSource('digits8', { binary: true });
    grey = await openSource('digits8');
  });
  const make = (network: 'mlp' | 'conv', decoder: 'bernoulli' | 'logistic', more = {}) => {
    const settings = { network, decoder, hidden: 32, channels: 4, batch: 32, lr: 5e-3, ...more };
    const source = decoder === 'bernoulli' ? binary : grey;
    const model = vae(settle('vae', 'digits8', settings), source.shape, source.white);
    const step = gpu.step((r: Tensor, i: number) => model.step(source.draw(r.size, r), i));
    return { model, source, step };
  };

  test.each(kinds)('%s, %s: training lowers the loss', async (network, decoder) => {
    const { step } = make(network, decoder);
    const losses: number[] = [];
    for (let i = 0; i < 60; i++)
      losses.push(await step(tensor(rows(32, (i * 32) % 1400)), i).loss.item());
    const mean = (part: number[]) => part.reduce((a, b) => a + b, 0) / part.length;
    expect(mean(losses.slice(-10))).toBeLessThan(0.85 * mean(losses.slice(0, 3)));
  });

  test.each(kinds)('%s, %s: more draws tighten the bound', async (network, decoder) => {
    const { model, source } = make(network, decoder);
    const [n, draws] = [50, 60];
    const weights = gpu.step((r: Tensor) => model.logWeights(source.drawTest(n, r), draws));
    const logW = await floats(weights(tensor(rows(n)))); // [draws, n]
    const bounds = gpu.step((r: Tensor) => model.bound(source.drawTest(n, r)));
    let elbo = 0;
    for (let k = 0; k < 10; k++) {
      const { reconstruction, kl } = bounds(tensor(rows(n)));
      const [a, b] = [await floats(reconstruction), await floats(kl)];
      elbo += a.reduce((sum, v, i) => sum + v - b[i], 0) / n / 10;
    }
    const mean = logW.reduce((a, b) => a + b, 0) / n / draws;
    const importance = rows(n).reduce((sum, i) => {
      const column = Array.from({ length: draws }, (_, k) => logW[k * n + i]);
      const most = Math.max(...column);
      return sum + most + Math.log(column.reduce((s, w) => s + Math.exp(w - most), 0) / draws);
    }, 0);
    // Both estimate the same bound; the average of weights is nearer to log p(x).
    expect(Math.abs(mean - elbo)).toBeLessThan(0.02 * Math.abs(elbo));
    expect(importance / n).toBeGreaterThan(mean);
  });

  test('a decoder that ignores z has log p(x) known exactly, and KL 0 makes the bound equal it', async () => {
    const { model, source } = make('mlp', 'bernoulli');
    for (const v of model.optimisers.optimiser.variables) v.write(new Float32Array(v.size));
    const { reconstruction, kl } = gpu.step((r: Tensor) => model.bound(source.drawTest(7, r)))(
      tensor(rows(7)),
    );
    for (const v of await floats(reconstruction)) expect(v).toBeCloseTo(-64 * Math.log(2), 4);
    for (const v of await floats(kl)) expect(v).toBe(0);
    for (const v of await floats(
      gpu.step((r: Tensor) => model.logWeights(source.drawTest(7, r), 1))(tensor(rows(7))),
    )) {
      expect(v).toBeCloseTo(-64 * Math.log(2), 3);
    }
  });

  test('logistic pixels of all grey levels have probabilities that sum to one', async () => {
    const { model } = make('mlp', 'logistic');
    for (const v of model.optimisers.optimiser.variables) {
      if (v.name !== 'log scale') v.write(new Float32Array(v.size));
    }
    // All pixels of image k have level k; with z ignored, one pixel's log p is that of the image / 64.
    const levels = Float32Array.from({ length: 17 * 64 }, (_, i) => Math.floor(i / 64) / 16);
    const { reconstruction } = gpu.step((x: Tensor) => model.bound(x))(
      tensor(levels, [17, 8, 8, 1]),
    );
    const sum = (await floats(reconstruction)).reduce((s, l) => s + Math.exp(l / 64), 0);
    expect(sum).toBeCloseTo(1, 4);
  });

  test('odd image sizes: 7 by 5 through the convolutions and back', async () => {
    const model = vae(settle('vae', 'digits8', { network: 'conv', channels: 3 }), [7, 5, 1], 255);
    const pixels = await floats(await model.sampler(3).draw());
    expect(pixels.length).toBe(3 * 35);
    expect(Math.min(...pixels)).toBeGreaterThan(0);
  });
});
