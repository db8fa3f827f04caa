import type { Random } from '../data/random.ts';

/*
 * What needs no network: any model of the same data has to be better than these. All in nats, in float64,
 * on the host; divide by the dimensions and ln 2 for bits per dimension (`bitsPerDim`).
 */

/** Nats as bits per dimension, pixel or character. */
export const bitsPerDim = (nats: number, dimensions: number): number =>
  nats / dimensions / Math.LN2;

/** −log p of an example whose every one of `dimensions` is one of `levels` by chance, nats. */
export const uniformNats = (dimensions: number, levels: number): number =>
  dimensions * Math.log(levels);

/** A law of rows of levels: −log p of one, nats. */
export type Law = (row: ArrayLike<number>) => number;

/** The mean of a law over rows [n, size], nats. */
export function meanNats(law: Law, rows: Levels, size: number): number {
  let sum = 0;
  for (let start = 0; start < rows.length; start += size) {
    sum += law(rows.subarray(start, start + size));
  }
  return (sum * size) / rows.length;
}

type Levels = Uint8Array | Uint32Array | Float32Array | Float64Array;

/**
 * Each of `size` dimensions with the frequencies that its levels 0 ... `levels` − 1 have in training rows,
 * each seen once more than it was (Laplace's rule).
 */
export function independentPixels(training: Levels, size: number, levels: number): Law {
  const counts = new Float64Array(size * levels).fill(1);
  for (let i = 0; i < training.length; i++) counts[(i % size) * levels + training[i]]++;
  const all = training.length / size + levels;
  return (row) => {
    let nats = 0;
    for (let d = 0; d < size; d++) nats -= Math.log(counts[d * levels + row[d]] / all);
    return nats;
  };
}

/** A mixture of products of Bernoulli laws. */
export interface BernoulliMixture {
  /** [K] */
  weights: Float64Array;
  /** Probabilities of ones, [size, K]. */
  means: Float64Array;
  law: Law;
}

/**
 * A mixture of K laws with independent binary pixels, fitted to training rows of 0 and 1 by expectation
 * maximisation from random means. Each component has seen one more row, the mean of all; its
 * probabilities stay within 0.001 ... 0.999. Source: Bishop, Pattern Recognition and Machine Learning
 * (2006), section 9.3.3; the prior is that of the reference runs.
 */
export function bernoulliMixture(
  training: Levels,
  size: number,
  K: number,
  random: Random,
  iterations = 100,
): BernoulliMixture {
  const n = training.length / size;
  const mean = new Float64Array(size);
  for (let i = 0; i < training.length; i++) mean[i % size] += training[i] / n;
  const weights = new Float64Array(K).fill(1 / K);
  const means = Float64Array.from({ length: size * K }, () => 0.25 + random.uniform() / 2);
  for (let i = 0; i < iterations; i++) maximise(training, { weights, means }, mean);
  const joint = jointOf({ weights, means }, size);
  return { weights, means, law: (row) => -logSum(joint(row, 0)) };
}

type Components = Pick<BernoulliMixture, 'weights' | 'means'>;

/** One iteration: the share of each component in each row, then the best components for these shares. */
function maximise(rows: Levels, { weights, means }: Components, mean: Float64Array): void {
  const [K, size] = [weights.length, mean.length];
  const joint = jointOf({ weights, means }, size);
  const counts = new Float64Array(K);
  const ones = new Float64Array(size * K);
  for (let start = 0; start < rows.length; start += size) {
    const shares = joint(rows, start);
    const whole = logSum(shares);
    for (let k = 0; k < K; k++) {
      shares[k] = Math.exp(shares[k] - whole);
      counts[k] += shares[k];
    }
    for (let d = 0; d < size; d++) {
      if (rows[start + d] === 0) continue;
      for (let k = 0; k < K; k++) ones[d * K + k] += shares[k];
    }
  }
  for (let k = 0; k < K; k++) {
    weights[k] = (counts[k] + 1) / (rows.length / size + K);
    for (let d = 0; d < size; d++) {
      const p = (ones[d * K + k] + mean[d]) / (counts[k] + 1);
      means[d * K + k] = Math.min(0.999, Math.max(0.001, p));
    }
  }
}

/** What gives log p of the row that begins at a place and each component together, [K], to be read at once. */
function jointOf({ weights, means }: Components, size: number) {
  const K = weights.length;
  const zeros = weights.map(Math.log); // of the row of zeros
  means.forEach((p, i) => {
    zeros[i % K] += Math.log1p(-p);
  });
  const ones = means.map((p) => Math.log(p) - Math.log1p(-p)); // what a one adds
  const sums = new Float64Array(K);
  return (rows: ArrayLike<number>, start: number): Float64Array => {
    sums.set(zeros);
    for (let d = 0; d < size; d++) {
      if (rows[start + d] === 0) continue;
      for (let k = 0; k < K; k++) sums[k] += ones[d * K + k];
    }
    return sums;
  };
}

function logSum(values: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const v of values) most = Math.max(most, v);
  let sum = 0;
  for (const v of values) sum += Math.exp(v - most);
  return most + Math.log(sum);
}

/**
 * An n-gram over `symbols` symbols: the probability of each given the n − 1 before it, by counts of
 * training texts, mixed with that of the shorter n-gram by how many different symbols have followed:
 * p(c|h) = (count(h c) + u(h) p(c|h')) / (count(h) + u(h)). Where `ended`, a text ends with its first 0,
 * which counts. Source: Witten and Bell 1991, as in Chen and Goodman 1998, section 2.
 * @returns −log p of a text, nats
 */
export function ngram(
  training: Levels,
  length: number,
  n: number,
  symbols: number,
  ended: boolean,
): Law {
  const followers = new Map<string, Map<number, number>>();
  for (let start = 0; start < training.length; start += length) {
    const text = textOf(training.subarray(start, start + length), n, symbols, ended);
    for (let i = n - 1; i < text.length; i++) {
      for (let k = 0; k < n; k++) {
        const before = text.slice(i - k, i).join();
        const counts = followers.get(before) ?? new Map<number, number>();
        counts.set(text[i], (counts.get(text[i]) ?? 0) + 1);
        followers.set(before, counts);
      }
    }
  }
  const totals = new Map(
    Array.from(followers, ([before, counts]) => [
      before,
      [...counts.values()].reduce((a, b) => a + b, 0),
    ]),
  );
  const probability = (text: readonly number[], i: number) => {
    let p = 1 / symbols;
    for (let k = 0; k < n; k++) {
      const before = text.slice(i - k, i).join();
      const counts = followers.get(before);
      if (!counts) break; // a longer context has not been seen either
      const [all, kinds] = [totals.get(before) as number, counts.size];
      p = ((counts.get(text[i]) ?? 0) + kinds * p) / (all + kinds);
    }
    return p;
  };
  return (row) => {
    const text = textOf(row, n, symbols, ended);
    let nats = 0;
    for (let i = n - 1; i < text.length; i++) nats -= Math.log(probability(text, i));
    return nats;
  };
}

/** A text up to its end, behind n − 1 signs of its beginning. */
function textOf(row: ArrayLike<number>, n: number, start: number, ended: boolean): number[] {
  const tokens = Array.from(row);
  const end = ended ? tokens.indexOf(0) : -1;
  return [
    ...new Array<number>(n - 1).fill(start),
    ...tokens.slice(0, end < 0 ? undefined : end + 1),
  ];
}
