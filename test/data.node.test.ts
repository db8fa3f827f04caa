import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { batches } from '../models/data/batches.ts';
import { optionalAt } from '../models/data/bytes.ts';
import { loadDigits } from '../models/data/digits.ts';
import { loadMnist, parseIdx } from '../models/data/mnist.ts';
import { randomStream } from '../models/data/random.ts';
import { samplePoints, type ToyName, toys } from '../models/data/toys.ts';
import { energyDistance, mmd2 } from '../models/metrics/distance.ts';
import { klFromExact, modeStats, toyStats } from '../models/metrics/toys.ts';

const golden = JSON.parse(readFileSync(new URL('./golden/toys.json', import.meta.url), 'utf8'));
const names = Object.keys(toys) as ToyName[];
const f64 = (values: number[]) => Float64Array.from(values);

describe('digits', () => {
  test('split, range and known rows', async () => {
    const set = await loadDigits();
    expect([set.train.count, set.test.count]).toEqual([1438, 359]);
    expect(Math.max(...set.train.values)).toBe(16);
    expect([...set.train.labels!.subarray(0, 4), ...set.test.labels!.subarray(0, 3)]).toEqual([
      0, 1, 2, 3, 4, 9, 4,
    ]);
    expect([...set.train.values.subarray(0, 8)]).toEqual([0, 0, 5, 13, 9, 1, 0, 0]);
    const ones = set.train.values.filter((v) => v >= 8).length;
    expect(ones / set.train.values.length).toBeCloseTo(0.32, 1);
  });
});

describe('mnist', () => {
  test('counts and the usual mean', async () => {
    const set = await loadMnist();
    expect([set.train.count, set.test.count]).toEqual([60_000, 10_000]);
    expect([...set.train.labels!.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    const mean = set.train.values.reduce((a, b) => a + b, 0) / set.train.values.length / 255;
    expect(mean).toBeCloseTo(0.1307, 4);
  });

  test.each([
    ['cut short', new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7])],
    ['other rank', new Uint8Array([0, 0, 8, 2, 0, 0, 0, 2, 7, 7])],
    ['other type', new Uint8Array([0, 0, 13, 1, 0, 0, 0, 2, 7, 7])],
    ['other count', new Uint8Array([0, 0, 8, 1, 0, 0, 0, 3, 7, 7])],
    ['empty', new Uint8Array(0)],
  ])('refuses a file that is %s', (_, file) => {
    expect(() => parseIdx(file, [2], 'labels')).toThrow(/mnist: labels: expected an IDX file/);
  });
});

describe('random streams', () => {
  test('moments', () => {
    const random = randomStream(3, 1);
    const n = 50_000;
    const uniform = Array.from({ length: n }, random.uniform);
    const normal = Array.from({ length: n }, random.normal);
    const mean = (v: number[], power: number) => v.reduce((a, b) => a + b ** power, 0) / n;
    expect(mean(uniform, 1)).toBeCloseTo(1 / 2, 2);
    expect(mean(uniform, 2)).toBeCloseTo(1 / 3, 2);
    expect(mean(normal, 1)).toBeCloseTo(0, 1);
    expect(mean(normal, 2)).toBeCloseTo(1, 1);
    expect(Math.abs(mean(normal, 4) - 3)).toBeLessThan(0.15);
  });
});

describe('batches', () => {
  const take = (walk: ReturnType<typeof batches>, n: number) =>
    Array.from({ length: n }, () => [...walk.next()]);

  test('an epoch is every row once, the rest dropped', () => {
    const walk = batches(10, 3, 0);
    const epoch = take(walk, 3).flat();
    expect(new Set(epoch).size).toBe(9);
    expect(Math.max(...epoch)).toBeLessThan(10);
    expect(walk.cursor).toEqual({ epoch: 0, row: 9 });
    walk.next();
    expect(walk.cursor).toEqual({ epoch: 1, row: 3 });
  });

  test('a cursor continues with the same batches', () => {
    const walk = batches(100, 7, 5);
    take(walk, 20);
    const cursor = JSON.parse(JSON.stringify(walk.cursor));
    const rest = take(walk, 40);
    const other = batches(100, 7, 5);
    other.cursor = cursor;
    expect(take(other, 40)).toEqual(rest);
  });

  test('going back within an epoch gives the same batches again', () => {
    const walk = batches(100, 7, 5);
    const start = take(walk, 14);
    walk.cursor = { epoch: 0, row: 35 };
    expect(take(walk, 9)).toEqual(start.slice(5));
  });

  test('every place of the shuffle is as likely for every row', () => {
    const counts = new Float64Array(16);
    for (let seed = 0; seed < 4000; seed++) {
      take(batches(4, 1, seed), 4).forEach(([row], place) => {
        counts[4 * place + row]++;
      });
    }
    // Each count is binomial with mean 1000 and standard deviation 27.
    for (const hits of counts) expect(Math.abs(hits - 1000)).toBeLessThan(5 * 27);
  });

  test('epochs and seeds differ', () => {
    const epochs = take(batches(50, 50, 1), 2);
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(take(batches(50, 50, 2), 1)[0]).not.toEqual(epochs[0]);
  });

  test.each([0, 11, 2.5])('refuses a batch of %d out of 10', (size) => {
    expect(() => batches(10, size, 0)).toThrow(/batches: size: expected 1 to 10/);
  });
});

describe('toys', () => {
  test.each(names)('%s: exact density equals the reference', (name) => {
    const ours = toys[name].logDensity(f64(golden.points));
    ours.forEach((l, i) => {
      const expected = golden.logDensity[name][i];
      if (expected === -1e9) expect(l).toBe(-Infinity);
      else expect(Math.abs(l - expected)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
    });
  });

  test.each(names)('%s: the density integrates to 1 and has the entropy given', (name) => {
    const h = name === 'grid25' ? 0.02 : name === 'checkerboard' ? 0.1 : 0.05;
    const side = Math.round(6 / h);
    const points = new Float64Array(2 * side * side);
    for (let i = 0; i < side * side; i++) {
      points[2 * i] = -3 + (Math.floor(i / side) + 0.5) * h;
      points[2 * i + 1] = -3 + ((i % side) + 0.5) * h;
    }
    let mass = 0;
    let entropy = 0;
    for (const l of toys[name].logDensity(points)) {
      mass += Math.exp(l) * h * h;
      if (l > -700) entropy -= Math.exp(l) * l * h * h;
    }
    expect(mass).toBeCloseTo(1, 5);
    expect(entropy).toBeCloseTo(toys[name].entropy, 4);
  });

  test.each(names)('%s: samples follow the density', (name) => {
    const points = samplePoints(name, 4000, randomStream(1, 2));
    const mean = toys[name].logDensity(points).reduce((a, b) => a + b, 0) / 4000;
    expect(Math.abs(-mean - toys[name].entropy)).toBeLessThan(0.06);
    const stats = toyStats(name, points, 1000);
    expect(Math.abs(stats.energyDistance)).toBeLessThan(0.012);
    expect(Math.abs(stats.mmd2)).toBeLessThan(0.003);
    if (stats.hq !== undefined) expect(stats.hq).toBeGreaterThan(0.98);
    if (name === 'checkerboard') expect(stats.onSupport).toBe(1);
  });
});

describe('metrics', () => {
  test('equal the reference', () => {
    const [x, y] = [f64(golden.x), f64(golden.y)];
    expect(energyDistance(x, y)).toBeCloseTo(golden.energyDistance, 9);
    expect(mmd2(x, y)).toBeCloseTo(golden.mmd2, 9);
    for (const name of ['eight_gaussians', 'grid25'] as const) {
      const { points, ...expected } = golden.modeStats[name];
      const ours = modeStats(name, f64(points));
      expect(ours.modes).toBe(expected.modes);
      expect(ours.hq).toBeCloseTo(expected.hq, 12);
      expect(ours.modeKl).toBeCloseTo(expected.modeKl, 9);
    }
  });

  test('equal the reference in five dimensions', () => {
    const { x, y, ...expected } = golden.wide;
    expect(energyDistance(f64(x), f64(y), 5)).toBeCloseTo(expected.energyDistance, 9);
    expect(mmd2(f64(x), f64(y), 5)).toBeCloseTo(expected.mmd2, 9);
  });

  test('closed forms on two points each', () => {
    // |x-x'| = 1, |y-y'| = 1, the four cross distances are 2, 3, 1, 2.
    expect(energyDistance(f64([0, 0, 1, 0]), f64([2, 0, 3, 0]))).toBeCloseTo(4 - 2, 12);
    const k = (d: number) =>
      [0.25, 0.5, 1, 2].reduce((a, s) => a + Math.exp((-d * d) / (2 * s * s)), 0) / 4;
    const cross = (k(2) + k(3) + k(1) + k(2)) / 4;
    expect(mmd2(f64([0, 0, 1, 0]), f64([2, 0, 3, 0]))).toBeCloseTo(2 * k(1) - 2 * cross, 12);
  });

  test('KL of the exact density is zero, of a shifted one the shift', () => {
    const points = samplePoints('two_moons', 200, randomStream(0, 0));
    const exact = toys.two_moons.logDensity(points);
    expect(klFromExact('two_moons', points, exact)).toBeCloseTo(0, 12);
    expect(
      klFromExact(
        'two_moons',
        points,
        exact.map((l) => l - 0.25),
      ),
    ).toBeCloseTo(0.25, 12);
  });

  test('points that are not finite are left out', () => {
    const stats = toyStats('eight_gaussians', f64([2, 0, Number.NaN, 0, 0, Infinity, 0, 2]), 100);
    expect(stats.n).toBe(2);
    expect(stats.hq).toBe(1);
    expect(stats.modes).toBe(2);
  });

  test('modeStats refuses a toy without modes', () => {
    expect(() => modeStats('two_moons', f64([0, 0]))).toThrow(/expected a toy with modes/);
  });
});

test('a set that is not there says which command gets it', async () => {
  const missing = await optionalAt('nowhere').catch((error: Error) => error.message);
  expect(missing).toMatch(/data: nowhere: expected .+, found none\. Run npm run data -- nowhere\./);
});
