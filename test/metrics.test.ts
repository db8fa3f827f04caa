import { beforeAll, expect, test } from 'vitest';
import { coverage, kernelMeans, moments } from '../bench/float64/samples.ts';
import { loadDigits } from '../models/data/digits.ts';
import { examplesOf } from '../models/data/examples.ts';
import { randomStream } from '../models/data/random.ts';
import { openSource } from '../models/data/source.ts';
import { baselinesOf } from '../models/metrics/plain.ts';
import { symmetricEigenvalues } from '../models/metrics/eigen.ts';
import { c2st } from '../models/metrics/c2st.ts';
import { frechetDistance, gaussianOf } from '../models/metrics/frechet.ts';
import { frechet } from '../models/metrics/gaussian.ts';
import { copyRate, manifoldOf, nearest, precisionRecall } from '../models/metrics/neighbours.ts';
import { measureSamples, referenceOf } from '../models/metrics/samples.ts';
import { medianScales, twoSample } from '../models/metrics/twosample.ts';
import metrics from './fixtures/metrics.json' with { type: 'json' };
import { ready } from './open.ts';

beforeAll(() => ready(0));

const { inputs, outputs } = metrics;
const [a, b] = [Float32Array.from(inputs.a.data), Float32Array.from(inputs.b.data)];
const SIZE = inputs.a.shape[1];

/** n rows of `size` normal numbers, of a scale and around a place. */
function gaussian(n: number, size: number, seed: number, scale = 1, at = 0): Float32Array {
  const random = randomStream(seed, 1);
  return Float32Array.from({ length: n * size }, () => at + scale * random.normal());
}

test('golden vector', async () => {
  const found = {
    fid: await frechetDistance(a, b, SIZE),
    ...(await precisionRecall(a, b, SIZE)),
    ...(await twoSample(a, b, SIZE)),
  };
  const tolerances = { fid: 1e-6, energy_distance: 1e-6, kid: 1e-5 };
  expect(Math.abs(found.fid - outputs.fid.data[0])).toBeLessThan(tolerances.fid);
  expect(Math.abs(found.energyDistance - outputs.energy_distance.data[0])).toBeLessThan(
    tolerances.energy_distance,
  );
  expect(Math.abs(found.kid - outputs.kid.data[0])).toBeLessThan(tolerances.kid);
  for (const name of ['precision', 'recall', 'density', 'coverage'] as const) {
    expect(found[name], name).toBeCloseTo(outputs[name].data[0], 8); // counts: exact
  }
});

/** Samples that float32 finds hard: far from 0, much wider one way, with ties, with copies. */
const samples: Record<string, () => [Float32Array, Float32Array, number]> = {
  'far from 0': () => [gaussian(500, 8, 1, 1, 100), gaussian(400, 8, 2, 1.1, 100), 8],
  uneven: () => {
    const uneven = (v: number, i: number) => v * 10 ** ((i % 16) / 4 - 2);
    return [gaussian(700, 16, 3).map(uneven), gaussian(700, 16, 4).map(uneven), 16];
  },
  'ties: few levels': () => [
    gaussian(600, 10, 5).map((v) => Math.round(v)),
    gaussian(600, 10, 6).map((v) => Math.round(v)),
    10,
  ],
  copies: () => {
    const real = gaussian(300, 12, 7);
    return [real, Float32Array.from([...real.subarray(0, 1200), ...gaussian(200, 12, 8)]), 12];
  },
};

for (const [name, make] of Object.entries(samples)) {
  test(`${name}: neighbours count as in float64, moments and kernels to float32`, async () => {
    const [real, fake, size] = make();
    for (const k of [1, 3, 5]) {
      expect(await precisionRecall(real, fake, size, k)).toEqual(coverage(real, fake, size, k));
    }
    const exact = moments(real, size);
    const { covariance } = await gaussianOf(real, size);
    covariance.forEach((v, at) => {
      const [i, j] = [Math.floor(at / size), at % size];
      const scale = Math.sqrt(exact.covariance[i * (size + 1)] * exact.covariance[j * (size + 1)]);
      expect(Math.abs(v - exact.covariance[at]) / scale).toBeLessThan(2e-6);
    });
    const one = frechet({ size, n: 0, ...exact }, { size, n: 0, ...moments(fake, size) });
    const scale = exact.covariance.reduce((s, v, i) => (i % (size + 1) ? s : s + v), 0);
    expect(Math.abs((await frechetDistance(real, fake, size)) - one) / scale).toBeLessThan(5e-6);

    const scales = medianScales(real, size);
    const [x, y, xy] = [
      kernelMeans(real, real, size, scales),
      kernelMeans(fake, fake, size, scales),
      kernelMeans(real, fake, size, scales),
    ];
    const found = await twoSample(real, fake, size);
    for (const key of ['energyDistance', 'mmd2', 'kid'] as const) {
      const sign = key === 'energyDistance' ? -1 : 1;
      const wanted = sign * (x[key] + y[key] - 2 * xy[key]);
      expect(Math.abs(found[key] - wanted) / Math.abs(xy[key]), key).toBeLessThan(2e-6);
    }
  });
}

test('closed forms of Gaussians: Fréchet distance, by moments and of samples', async () => {
  const diagonal = (values: number[]) => {
    const size = values.length;
    const covariance = new Float64Array(size * size);
    values.forEach((v, i) => {
      covariance[i * (size + 1)] = v;
    });
    return { size, n: 0, mean: new Float64Array(size), covariance };
  };
  // |m|² + Σ (√aᵢ − √bᵢ)², also where one or both have nothing.
  const [p, q] = [diagonal([1, 4, 9, 0, 2, 0]), diagonal([4, 1, 9, 2, 0, 0])];
  const there = { ...q, mean: Float64Array.from([3, 0, 0, 0, 4, 0]) };
  expect(frechet(p, q)).toBeCloseTo(1 + 1 + 2 + 2, 12);
  expect(frechet(p, there)).toBeCloseTo(25 + 6, 12);
  expect(frechet(there, p)).toBeCloseTo(25 + 6, 12);

  const [x, y] = [gaussian(4000, 3, 11), gaussian(4000, 3, 12, 2, 1)];
  expect(Math.abs((await frechetDistance(x, y, 3)) - 6)).toBeLessThan(0.35); // 3·1² + 3·(2 − 1)²
});

test('Fréchet distance: 0 of a set and itself though pixels are constant; a shift; no numbers', async () => {
  const rows = Float32Array.from({ length: 60 * 4 }, (_, i) =>
    i % 4 === 3 ? 0.5 : Math.sin(i * i),
  );
  expect(Math.abs(await frechetDistance(rows, rows, 4))).toBeLessThan(1e-9);
  const moved = rows.map((v) => v + 0.5);
  expect(await frechetDistance(rows, moved, 4)).toBeCloseTo(1, 5);
  expect(
    await frechetDistance(
      rows,
      rows.map(() => Number.NaN),
      4,
    ),
  ).toBeNaN();
});

test('Fréchet distance of fewer rows than numbers: the noise of float32 in singular covariances does no harm', async () => {
  const source = await openSource('mnist');
  const [n, size] = [200, 784];
  const images = await examplesOf(source, 5 * n, 'train');
  const real = images.subarray(0, n * size);
  for (let k = 1; k < 5; k++) {
    const fake = images.subarray(k * n * size, (k + 1) * n * size).map((v) => Number(v > 0.5));
    const exact = rootless(real, fake, size);
    expect(Math.abs((await frechetDistance(real, fake, size)) / exact - 1)).toBeLessThan(2e-6);
    expect(Math.abs((await frechetDistance(fake, real, size)) / exact - 1)).toBeLessThan(2e-6);
  }
});

/**
 * The Fréchet distance of n and m rows in float64, without covariances: of A = XᵀX / (n − 1), B = YᵀY / (m − 1)
 * the root has the trace of the singular values of X Yᵀ, over √((n − 1)(m − 1)).
 */
function rootless(x: Float32Array, y: Float32Array, size: number): number {
  const centred = (rows: Float32Array) => {
    const n = rows.length / size;
    const mean = new Float64Array(size);
    rows.forEach((v, i) => {
      mean[i % size] += v / n;
    });
    return { n, mean, rows: Float64Array.from(rows, (v, i) => v - mean[i % size]) };
  };
  const [a, b] = [centred(x), centred(y)];
  const products = (p: Float64Array, q: Float64Array, width: number) =>
    Float64Array.from({ length: (p.length / width) * (q.length / width) }, (_, at) => {
      const [i, j] = [Math.floor(at / (q.length / width)), at % (q.length / width)];
      let sum = 0;
      for (let k = 0; k < width; k++) sum += p[i * width + k] * q[j * width + k];
      return sum;
    });
  const squares = (v: Float64Array) => v.reduce((sum, w) => sum + w * w, 0);
  const across = products(a.rows, b.rows, size);
  const singular = symmetricEigenvalues(products(across, across, b.n), a.n);
  const root = singular.reduce((sum, w) => sum + Math.sqrt(Math.max(0, w)), 0);
  return (
    squares(a.mean.map((m, i) => m - b.mean[i])) +
    squares(a.rows) / (a.n - 1) +
    squares(b.rows) / (b.n - 1) -
    (2 * root) / Math.sqrt((a.n - 1) * (b.n - 1))
  );
}

test('rows that are no numbers are within nothing, and harm no other', async () => {
  const [real, fake] = [gaussian(200, 6, 21), gaussian(180, 6, 22)];
  const broken = Float32Array.from([...fake, ...new Float32Array(20 * 6).fill(Number.NaN)]);
  const whole = await precisionRecall(real, fake, 6);
  const found = await precisionRecall(real, broken, 6);
  expect(found.precision).toBeCloseTo(whole.precision * 0.9, 12);
  expect(found.recall).toBe(whole.recall);
  expect(found.density).toBeCloseTo(whole.density * 0.9, 12);
});

test('too few rows for k neighbours', async () => {
  await expect(manifoldOf(gaussian(3, 2, 1), 2, 3)).rejects.toThrow(
    'manifoldOf: expected more than k = 3 rows, got 3.',
  );
});

test('nearest rows and copies', async () => {
  const [rows, among] = [gaussian(150, 5, 31), gaussian(170, 5, 32)];
  among.set(rows.subarray(0, 50), 100); // ten rows are there twice
  const { index, distance } = await nearest(rows, among, 5);
  index.forEach((j, i) => {
    const all = Array.from({ length: 170 }, (_, k) =>
      Math.hypot(...Array.from({ length: 5 }, (_, d) => rows[5 * i + d] - among[5 * k + d])),
    );
    expect(all[j]).toBe(Math.min(...all));
    expect(distance[i]).toBeCloseTo(all[j], 12);
  });
  expect(await copyRate(rows, among, 5)).toBeCloseTo(10 / 150, 12);
});

test('five classes of real digits removed: Fréchet distance rises, precision stays, recall falls', async () => {
  const { train, test: held } = await loadDigits();
  const [real, all] = [train, held].map(({ values }) => Float32Array.from(values, (v) => v / 16));
  const labels = held.labels as Uint8Array;
  const kept = Array.from(labels.keys()).filter((i) => labels[i] < 5);
  const half = Float32Array.from(kept.flatMap((i) => [...all.subarray(64 * i, 64 * i + 64)]));
  const [whole, some] = [await of(real, all), await of(real, half)];
  expect(some.frechet).toBeGreaterThan(5 * whole.frechet);
  expect(Math.abs(some.precision - whole.precision)).toBeLessThan(0.05);
  expect(some.recall).toBeLessThan(0.7 * whole.recall);
  expect(whole.recall).toBeGreaterThan(0.85);
});

/** Fréchet distance, precision and recall of digits. */
async function of(real: Float32Array, fake: Float32Array) {
  const { precision, recall } = await precisionRecall(real, fake, 64);
  return { frechet: await frechetDistance(real, fake, 64), precision, recall };
}

test('C2ST: a half for equal laws, more for a shift and for a spread, sure far apart', async () => {
  const [x, y] = [gaussian(1000, 8, 41), gaussian(1000, 8, 42)];
  const same = await c2st(x, y, 8);
  expect(same.interval[0]).toBeLessThan(0.5);
  expect(same.interval[1]).toBeGreaterThan(0.5);
  // The best there is for a shift by d standard deviations: Φ(d / 2).
  const shifted = await c2st(
    x,
    y.map((v, i) => (i % 8 ? v : v + 2)),
    8,
  );
  expect(Math.abs(shifted.accuracy - 0.841)).toBeLessThan(0.06);
  const spread = await c2st(
    x,
    y.map((v) => 1.5 * v),
    8,
  );
  expect(spread.accuracy).toBeGreaterThan(0.65); // no linear classifier could
  expect(
    (
      await c2st(
        x,
        y.map((v) => v + 9),
        8,
      )
    ).accuracy,
  ).toBe(1);
});

test('all at once: the metrics one by one, and copies', async () => {
  const real = gaussian(300, 6, 51);
  const fake = Float32Array.from([...real.subarray(0, 60 * 6), ...gaussian(200, 6, 52)]);
  const found = await measureSamples(await referenceOf(real, 6), fake);
  expect(found).toMatchObject(await precisionRecall(real, fake, 6));
  expect(found.frechet).toBe(await frechetDistance(real, fake, 6));
  expect(found).toMatchObject(await twoSample(real, fake, 6));
  expect(found.copies).toBeCloseTo(60 / 260, 12);
});

test('baselines of a set: those of its rows', async () => {
  const digits = await baselinesOf(await openSource('digits8', { binary: true }));
  expect(digits.map(({ name }) => name)).toEqual([
    'uniform',
    'independent pixels',
    'Bernoulli mixture, 50',
  ]);
  expect(digits[0].nats).toBeCloseTo(64 * Math.LN2, 10);
  expect(digits[1].nats).toBeCloseTo(24.76, 2);
  const names = await baselinesOf(await openSource('names'));
  expect(Math.abs(names[1].nats - 16.89006)).toBeLessThan(6e-4);
  expect(Math.abs(names[4].nats - 13.803)).toBeLessThan(6e-4);
  expect(await baselinesOf(await openSource('two_moons'))).toEqual([]);
});
