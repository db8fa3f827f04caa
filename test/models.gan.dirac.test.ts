import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, grad, slice, sum, type Tensor, tensor } from '../engine/index.ts';
import {
  type Complex,
  type DiracMethod,
  diracEigenvalues,
  diracMethods,
  diracPath,
  diracUpdate,
  phasePortrait,
  runningMean,
} from '../models/gan/dirac_gan.ts';
import type { Source } from '../models/data/source.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const { simultaneous, alternating, clipping, one_centred, zero_centred } = diracMethods;
const size = ([re, im]: Complex) => Math.hypot(re, im);

/** Trace and determinant of the Jacobian of an update at (0, 0), by autodiff. */
async function jacobian(method: DiracMethod, rates: { h: number; gamma: number }) {
  const { rows } = gpu.step((state: Tensor) => {
    const next = diracUpdate(method, state, rates);
    const rows = [0, 1].map(
      (i) =>
        grad(
          sum(
            slice(next, [
              [0, 1],
              [i, i + 1],
            ]),
          ),
          [state],
        )[0],
    );
    return { rows };
  })(tensor([0, 0], [1, 2]));
  const [[a, b], [c, d]] = await Promise.all(rows.map(floats));
  return { trace: a + d, determinant: a * d - b * c };
}

const slow = { ...zero_centred, alternating: false };
const rates = [
  { h: 0.1, gamma: 0.3 },
  { h: 0.5, gamma: 2.5 },
];
const rows: [string, DiracMethod][] = [
  ['simultaneous', simultaneous],
  ['alternating', alternating],
  ['clipping', clipping],
  ['zero-centred penalty', zero_centred],
  ['zero-centred penalty, simultaneous', slow],
];

describe('eigenvalues of the update', () => {
  test.each(rows)('%s: the closed form is that of autodiff', async (_, method) => {
    for (const rate of rates) {
      const { trace, determinant } = await jacobian(method, rate);
      const [[re1, im1], [re2, im2]] = diracEigenvalues(method, rate);
      expect(Math.abs(re1 + re2 - trace)).toBeLessThan(2e-6);
      expect(Math.abs(im1 + im2)).toBe(0);
      expect(Math.abs(re1 * re2 - im1 * im2 - determinant)).toBeLessThan(2e-6);
    }
  });

  test('lie without, on and within the unit circle', () => {
    const [{ h, gamma }] = rates;
    const largest = (method: DiracMethod) =>
      Math.max(...diracEigenvalues(method, { h, gamma }).map(size));
    expect(largest(simultaneous)).toBeCloseTo(Math.sqrt(1 + h * h * 0.25), 12);
    expect(largest(alternating)).toBeCloseTo(1, 12);
    expect(largest(clipping)).toBeCloseTo(1, 12);
    expect(largest(zero_centred)).toBeCloseTo(Math.sqrt(1 - h * gamma), 12);
    expect(largest(slow)).toBeLessThan(1);
  });

  test('the one-centred penalty has none', () => {
    expect(() => diracEigenvalues(one_centred, rates[0])).toThrow(/no slope at 0/);
  });
});

describe('the ways of training', () => {
  const [rate] = rates;
  const steps = 600;
  const start = [0.2, 0] as const;
  /** The distance from the equilibrium before update t. */
  const from = (path: Float32Array, t: number) => Math.hypot(path[2 * t], path[2 * t + 1]);
  const path = (method: DiracMethod) => diracPath(method, start, steps, rate);

  test('gradient descent at once spirals out, as fast as its eigenvalues say', async () => {
    const p = await path(simultaneous);
    const grown = from(p, steps - 1) / 0.2;
    const wanted = size(diracEigenvalues(simultaneous, rate)[0]) ** (steps - 1);
    expect(wanted).toBeGreaterThan(2);
    expect(Math.abs(grown / wanted - 1)).toBeLessThan(0.05); // f bends a little at 0.4
  });

  test.each([
    ['one after the other', alternating],
    ['with clipped weights', clipping],
  ])('%s goes around', async (_, method) => {
    const p = await path(method);
    const far = Array.from({ length: steps }, (_, t) => from(p, t));
    expect(Math.min(...far.slice(-200))).toBeGreaterThan(0.18);
    expect(Math.max(...far.slice(-200))).toBeLessThan(0.22);
  });

  test('the zero-centred penalty spirals in, as fast as its eigenvalues say', async () => {
    const p = await path(zero_centred);
    const wanted = 0.2 * size(diracEigenvalues(zero_centred, rate)[0]) ** (steps - 1);
    expect(from(p, steps - 1)).toBeLessThan(2 * wanted + 1e-7);
    expect(from(p, steps - 1)).toBeLessThan(1e-4);
  });

  test('the one-centred penalty never gets there', async () => {
    const p = await path(one_centred);
    const far = Array.from({ length: 200 }, (_, k) => from(p, steps - 1 - k));
    expect(Math.max(...far)).toBeGreaterThan(0.1);
  });

  test('the running mean spirals in, as 1 over the number of updates', async () => {
    const mean = runningMean(await path(alternating));
    const [re, im] = diracEigenvalues(alternating, rate)[0];
    const bound = (t: number) => (1.1 * 2 * 0.2) / ((t + 1) * Math.hypot(re - 1, im));
    for (const t of [100, 300, steps - 1]) expect(from(mean, t)).toBeLessThan(bound(t));
  });
});

test('the portrait has a panel for each way, with its path in it', async () => {
  const { images, columns, form } = await phasePortrait(null as unknown as Source);
  expect([columns, form?.height]).toEqual([3, 128]);
  expect(images.length).toBe(6 * 128 * 128);
  for (let k = 0; k < 6; k++) {
    const panel = images.subarray(k * 128 * 128, (k + 1) * 128 * 128);
    expect(panel.filter((v) => v >= 0.4).length).toBeGreaterThan(50);
  }
});
