import { beforeAll, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import { ready } from './open.ts';

// Bounds of 4.5 standard errors: the draws are fixed by the seed, so a pass stays a pass.

const n = 200_000;
let x: Float32Array;
let other: Float32Array;
let later: Float32Array;
let elsewhere: Float32Array;

beforeAll(async () => {
  const gpu = await ready(5);
  const step = gpu.step(() => [o.normal([n]), o.normal([n])]);
  [x, other] = (await Promise.all(step().map((t) => t.data()))) as Float32Array[];
  later = (await step()[0].data()) as Float32Array;
  elsewhere = (await gpu
    .step(() => o.normal([n]))()
    .data()) as Float32Array;
});

function correlation(a: Float32Array, b: Float32Array, lag = 0): number {
  let total = 0;
  for (let i = lag; i < n; i++) total += a[i] * b[i - lag];
  return total / n;
}

const chance = 4.5 / Math.sqrt(n);

test.each([1, 2, 3, 4, 5, 8, 64, 256])('no correlation at distance %d', (lag) => {
  const spread = x.map((v) => (v * v - 1) / Math.SQRT2); // mean 0 and variance 1, too
  for (const y of [x, spread]) expect(Math.abs(correlation(y, y, lag))).toBeLessThan(chance);
});

test('no correlation between calls, runs and steps', () => {
  for (const y of [other, later, elsewhere]) {
    expect(Math.abs(correlation(x, y))).toBeLessThan(chance);
  }
});

test('neighbours fill a square evenly (chi squared)', async () => {
  const u = await o.uniform([2 * n]).data();
  const cells = new Float64Array(256);
  for (let i = 0; i < n; i++) {
    cells[16 * Math.floor(16 * u[2 * i]) + Math.floor(16 * u[2 * i + 1])]++;
  }
  const chi = cells.reduce((total, count) => total + (count - n / 256) ** 2 / (n / 256), 0);
  expect(Math.abs(chi - 255)).toBeLessThan(4.5 * Math.sqrt(2 * 255));
});

test('all orders of four are equally likely', async () => {
  const gpu = await ready(6);
  const step = gpu.step(() => Array.from({ length: 40 }, () => o.permutation(4)));
  const seen = new Map<string, number>();
  const runs = 60;
  for (let run = 0; run < runs; run++) {
    for (const t of step()) {
      const order = String(await t.data());
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
  }
  const expected = (40 * runs) / 24;
  expect(seen.size).toBe(24);
  const chi = [...seen.values()].reduce((s, count) => s + (count - expected) ** 2 / expected, 0);
  expect(Math.abs(chi - 23)).toBeLessThan(4.5 * Math.sqrt(2 * 23));
});
