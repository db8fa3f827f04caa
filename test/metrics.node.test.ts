import { expect, test } from 'vitest';
import { randomStream } from '../models/data/random.ts';
import { accuracy, classifierScore, splitScores } from '../models/metrics/classifier.ts';
import { doubling, drawRows } from '../models/metrics/curves.ts';
import { energyDistance } from '../models/metrics/distance.ts';
import { symmetricEigenvalues } from '../models/metrics/eigen.ts';
import { bootstrap, wilson } from '../models/metrics/intervals.ts';
import { countsOf, spreadOf } from '../models/metrics/modes.ts';
import { assignment, steepest, wasserstein, wasserstein1d } from '../models/metrics/wasserstein.ts';
import metrics from './fixtures/metrics.json' with { type: 'json' };

const { inputs, outputs } = metrics;
const [a, b] = [Float64Array.from(inputs.a.data), Float64Array.from(inputs.b.data)];
const size = inputs.a.shape[1];

test('golden vector: energy distance', () => {
  expect(energyDistance(a, b, size)).toBeCloseTo(outputs.energy_distance.data[0], 8);
});

test('golden vector: the score of class probabilities', () => {
  const p = Float64Array.from(inputs.p.data);
  const [, K] = inputs.p.shape;
  expect(classifierScore(p, K)).toBeCloseTo(outputs.inception_score.data[0], 8);
  const sure = Float64Array.from({ length: 9 }, (_, i) => Number(i % 4 === 0)); // the unit matrix
  expect(classifierScore(sure, 3)).toBeCloseTo(3, 12);
  expect(classifierScore(new Float64Array(9).fill(1 / 3), 3)).toBeCloseTo(1, 12);
  expect(accuracy(sure, [0, 1, 1], 3)).toBeCloseTo(2 / 3, 12);
});

test('eigenvalues: trace, squares and known spectra, with zeros and repeats', () => {
  const n = 40;
  const random = Float64Array.from({ length: n * n }, (_, i) => Math.sin(7 * i * i));
  const symmetric = random.map((v, i) => v + random[(i % n) * n + Math.floor(i / n)]);
  const values = symmetricEigenvalues(symmetric, n);
  const trace = symmetric.reduce((s, v, i) => (i % (n + 1) === 0 ? s + v : s), 0);
  expect(values.reduce((s, w) => s + w, 0)).toBeCloseTo(trace, 10);
  const squares = symmetric.reduce((s, v) => s + v * v, 0);
  expect(values.reduce((s, w) => s + w * w, 0)).toBeCloseTo(squares, 8);
  // The second differences of n points: 2 − 2 cos(k π / (n + 1)).
  const chain = Float64Array.from({ length: n * n }, (_, i) => {
    const d = Math.abs(Math.floor(i / n) - (i % n));
    return d === 0 ? 2 : d === 1 ? -1 : 0;
  });
  const known = Array.from(
    { length: n },
    (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)),
  );
  const found = symmetricEigenvalues(chain, n).sort();
  for (const [k, w] of found.entries()) expect(w).toBeCloseTo(known[k], 12);
  // v vᵀ has one eigenvalue that isn't 0.
  const rank1 = Float64Array.from(
    { length: 9 },
    (_, i) => [1, 2, 2][i % 3] * [1, 2, 2][Math.floor(i / 3)],
  );
  const three = [...symmetricEigenvalues(rank1, 3)].sort((x, y) => x - y);
  for (const [i, w] of [0, 0, 9].entries()) expect(three[i]).toBeCloseTo(w, 12);
});

/** All orders of n things. */
function* orders(n: number): Generator<number[]> {
  if (n === 0) yield [];
  for (const rest of n > 0 ? orders(n - 1) : []) {
    for (let at = 0; at < n; at++) yield [...rest.slice(0, at), n - 1, ...rest.slice(at)];
  }
}

test('the best assignment is the best of all 720', () => {
  for (let k = 0; k < 20; k++) {
    const cost = (i: number, j: number) => Math.abs(Math.sin(100 * k + 17 * i + 5 * j * j));
    const of = (columns: number[]) => columns.reduce((sum, j, i) => sum + cost(i, j), 0);
    const found = assignment(6, cost);
    expect([...found].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(of(found)).toBeCloseTo(Math.min(...[...orders(6)].map(of)), 12);
  }
});

test('W₁: on the line by rank, in the plane zero, a shift, and above every 1-Lipschitz gap', () => {
  const line = Float64Array.from({ length: 256 }, (_, i) => Math.sin(i * i));
  const other = line.map((v, i) => 0.5 * v + Math.cos(3 * i));
  expect(wasserstein(line, other, 1)).toBeCloseTo(wasserstein1d(line, other), 10);

  const moved = line.map((v, i) => v + (i % 2 ? 4 : 3)); // 128 points, by (3, 4)
  expect(wasserstein(line, line.slice().reverse(), 1)).toBe(0);
  expect(wasserstein(line, moved, 2)).toBeCloseTo(5, 10);

  const all = Float64Array.from([...line, ...other]);
  const scores = Float64Array.from({ length: 256 }, (_, i) => all[2 * i] - 2 * all[2 * i + 1] ** 2);
  const gap = scores.reduce((sum, s, i) => sum + (i < 128 ? s : -s) / 128, 0);
  const most = steepest(all, scores, 2);
  expect(Math.abs(gap) / most).toBeLessThan(wasserstein(line, other, 2));
});

test('the steepest slope of a linear score is near its norm', () => {
  const rows = Float64Array.from({ length: 400 }, (_, i) => Math.sin(i * i));
  const scores = Float64Array.from(
    { length: 200 },
    (_, i) => 3 * rows[2 * i] - 4 * rows[2 * i + 1],
  );
  const found = steepest(rows, scores, 2);
  expect(found).toBeLessThanOrEqual(5 + 1e-9);
  expect(found).toBeGreaterThan(4.99);
});

test('Wilson: the intervals of Brown, Cai and DasGupta; none and all; a judge of a known rate', () => {
  for (const [hits, n, low, high] of [
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [5, 10, 0.2366, 0.7634],
    [81, 263, 0.2553, 0.3662],
  ]) {
    const found = wilson(hits, n);
    expect(found[0]).toBeCloseTo(low, 4);
    expect(found[1]).toBeCloseTo(high, 4);
  }
  const random = randomStream(3, 0);
  let inside = 0;
  for (let trial = 0; trial < 1000; trial++) {
    let hits = 0;
    for (let i = 0; i < 60; i++) hits += Number(random.uniform() < 0.3);
    const [low, high] = wilson(hits, 60);
    inside += Number(low <= 0.3 && 0.3 <= high);
  }
  expect(Math.abs(inside / 1000 - 0.95)).toBeLessThan(0.03);
});

test('bootstrap: of a mean, its error; of few values, within their range; always the same', () => {
  const values = Array.from({ length: 100 }, (_, i) => Math.sin(i * i));
  const mean = values.reduce((a, b) => a + b, 0) / 100;
  const error = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / 100 / 99);
  const [low, high] = bootstrap(values);
  expect(Math.abs((high - low) / (2 * 1.96 * error) - 1)).toBeLessThan(0.1);
  expect(bootstrap(values)).toEqual([low, high]);
  const [least, most] = bootstrap([1, 2, 4]);
  expect(least).toBeGreaterThanOrEqual(1);
  expect(most).toBeLessThanOrEqual(4);
});

test('spread: equal shares cover all with no divergence, one alone has ln K', () => {
  expect(spreadOf([5, 5, 5, 5], 20)).toEqual({ covered: 4, reverseKl: 0 });
  const one = spreadOf(countsOf([2, 2, 2], 4), 3);
  expect(one.covered).toBe(1);
  expect(one.reverseKl).toBeCloseTo(Math.log(4), 12);
});

test('parts of a score, and size limits', () => {
  const p = Float64Array.from(inputs.p.data);
  const [, K] = inputs.p.shape;
  expect(splitScores(p, K, 5)[1]).toBe(classifierScore(p.subarray(10 * K, 20 * K), K));
  expect(doubling(1797)).toEqual([50, 100, 200, 400, 800]);
  expect(drawRows(Float32Array.from([1, 2, 3, 4]), 1, 4, 0).sort()).toEqual(
    Float32Array.from([1, 2, 3, 4]),
  );
});
