import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, mean, mul, normal, square, sum, type Tensor } from '../engine/index.ts';
import { squareOf } from '../models/energy/domain.ts';
import { mala, placeOf, scoreOf, ula } from '../models/energy/langevin.ts';
import { chains } from '../models/sampler.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const N = 1 << 16;

/** Mean and variance of chains side by side. */
function momentsOf(values: Float32Array): [number, number] {
  const m = values.reduce((a, b) => a + b, 0) / values.length;
  return [m, values.reduce((a, b) => a + (b - m) ** 2, 0) / values.length];
}

// Chains are independent, so the variance of N of them has the standard error v √(2/N).
describe.each([
  [1, 1],
  [0.5, 0.3],
  [2, 6],
])('on N(0, s²), s = %d, ε = %d', (s, eps) => {
  const logDensity = (x: Tensor) => mul(sum(square(x), [1]), -0.5 / (s * s));
  const start = () => mul(normal([N, 1]), s);

  test('ULA has the variance s² / (1 − ε / 4s²)', async () => {
    const sampler = chains([N, 1], 40, { start, move: (x) => ula(scoreOf(logDensity), x, eps) });
    const [m, v] = momentsOf(await floats(await sampler.draw()));
    const want = (s * s) / (1 - eps / (4 * s * s));
    expect(Math.abs(m)).toBeLessThan(5 * Math.sqrt(want / N));
    expect(Math.abs(v - want)).toBeLessThan(5 * want * Math.sqrt(2 / N));
    sampler.dispose();
  });

  test('MALA has the variance s², and refuses some moves', async () => {
    const move = gpu.step((from: Tensor) => {
      let place = placeOf(logDensity, from);
      let accepted: Tensor | null = null;
      for (let i = 0; i < 30; i++) ({ place, accepted } = mala(logDensity, place, eps));
      return { x: place.x, share: mean(accepted as Tensor) };
    });
    const first = gpu.step(() => mul(normal([N, 1]), s * 1.2));
    const { x, share } = move(first());
    const [m, v] = momentsOf(await floats(x));
    expect(Math.abs(m)).toBeLessThan(5 * Math.sqrt((s * s) / N));
    expect(Math.abs(v - s * s)).toBeLessThan(5 * s * s * Math.sqrt(2 / N));
    expect(await share.item()).toBeGreaterThan(0.5);
    expect(await share.item()).toBeLessThan(0.99);
  });
});

test('walls that reflect keep the uniform law uniform', async () => {
  const { start, inside } = squareOf(4);
  const move = (x: Tensor) => inside(ula((at) => mul(at, 0), x, 0.5));
  const sampler = chains([N, 1], 50, { start: () => start([N, 1]), move });
  const x = await floats(await sampler.draw());
  expect(x.every((v) => Math.abs(v) <= 4)).toBe(true);
  const bins = new Array<number>(16).fill(0);
  for (const v of x) bins[Math.min(15, Math.floor((v + 4) * 2))]++;
  for (const count of bins) expect(Math.abs(count - N / 16)).toBeLessThan(5 * Math.sqrt(N / 16));
});
