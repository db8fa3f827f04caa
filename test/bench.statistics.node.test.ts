import { describe, expect, test } from 'vitest';
import { generator } from '../bench/problems/numbers.ts';
import { median, medianInterval, quantile, ratioInterval, spread } from '../bench/statistics.ts';
import { compare, decided, known, looks } from '../bench/verdict.ts';

describe('statistics', () => {
  test.each([
    [[3], 0.5, 3],
    [[4, 1, 3, 2], 0.5, 2.5],
    [[4, 1, 3, 2], 0, 1],
    [[4, 1, 3, 2], 1, 4],
    [[0, 10], 0.25, 2.5],
  ])('quantile of %j at %d is %d', (samples, q, wanted) => {
    expect(quantile(samples, q)).toBe(wanted);
  });
  test('one outlier moves neither median nor spread far', () => {
    const samples = [10, 10.2, 9.8, 10.1, 9.9, 500];
    expect(median(samples)).toBeCloseTo(10.05);
    expect(spread(samples)).toBeLessThan(0.05);
  });
  test('no samples give NaN', () => expect(median([])).toBeNaN());

  // ranks from tables of the sign test
  test.each([
    [5, 0.95, null],
    [6, 0.95, [1, 6]],
    [10, 0.95, [2, 9]],
    [20, 0.95, [6, 15]],
    [8, 0.995, null],
    [9, 0.995, [1, 9]],
    [100, 0.95, [40, 61]],
  ])('the median of %d samples lies, at %d, within the ranks %j', (n, confidence, wanted) => {
    const samples = Array.from({ length: n }, (_, i) => n - i);
    expect(medianInterval(samples, confidence)).toEqual(wanted);
  });

  test('the interval of a median holds it as often as it says', () => {
    const random = generator(3);
    const skewed = () => -Math.log(1 - random()); // its median is log 2
    let held = 0;
    for (let trial = 0; trial < 1000; trial++) {
      const [low, high] = medianInterval(Array.from({ length: 15 }, skewed)) as [number, number];
      if (low <= Math.LN2 && Math.LN2 <= high) held++;
    }
    expect(held).toBeGreaterThan(950);
  });

  test('the interval of a ratio of two runs holds it', () => {
    const random = generator(4);
    const run = (scale: number) => Array.from({ length: 20 }, () => scale * (1 + 0.1 * random()));
    const [low, high] = ratioInterval(run(1.5), run(1), random) as [number, number];
    expect(low).toBeLessThan(1.5);
    expect(high).toBeGreaterThan(1.5);
    expect(high - low).toBeLessThan(0.2);
  });
});

describe('looks', () => {
  test('at most ten, from the least to the most rounds', () => {
    const rounds = looks(9, 60);
    expect(rounds.length).toBeLessThanOrEqual(10);
    expect([rounds[0], rounds.at(-1)]).toEqual([9, 60]);
  });
  test('as many as there are rounds, where those are few', () => expect(looks(3, 3)).toEqual([3]));
});

/** A machine: its speed drifts, single samples are disturbed, now and then one stalls. */
function machine(seed: number, noise: number, drift: number) {
  const random = generator(seed);
  let speed = 1;
  return (ms: number): number => {
    speed *= 1 + drift * (random() - 0.5);
    const disturbed = 1 - noise * Math.log(1 - random()); // delays only, with a long tail
    const stalled = random() < 0.03 ? 2 + 3 * random() : 1;
    return ms * speed * disturbed * stalled;
  };
}

/** Races two costs on such a machine by the rules of `race`; says how it ends. */
function trial(seed: number, noise: number, drift: number, [a, b]: [number, number]) {
  const take = machine(seed, noise, drift);
  const samples: [number[], number[]] = [[], []];
  const ends = new Set(looks(9, 60));
  for (let round = 1; round <= 60; round++) {
    for (const i of round % 2 ? [0, 1] : [1, 0]) samples[i].push(take(i ? b : a));
    if (ends.has(round) && decided(...samples)) break;
  }
  return { ...compare('other', ...samples), rounds: samples[0].length };
}

const machines = [
  ['quiet', 0.01, 0],
  ['drifting', 0.03, 0.1],
  ['noisy', 0.15, 0.05],
] as const;

describe.each(machines)('verdicts on a %s machine', (_, noise, drift) => {
  const trials = (costs: [number, number]) =>
    Array.from({ length: 200 }, (_, seed) => trial(seed, noise, drift, costs));
  const rate = (of: ReturnType<typeof trials>, verdict: string) =>
    of.filter((t) => t.verdict === verdict).length / of.length;

  test('equals are told apart in at most 5 of 100 races', () => {
    expect(rate(trials([1, 1]), 'unsure')).toBeGreaterThanOrEqual(0.95);
  });
  test('a slowdown of 15 % is found in at least 95 of 100', () => {
    expect(rate(trials([1.15, 1]), 'slower')).toBeGreaterThanOrEqual(0.95);
    expect(rate(trials([1, 1.15]), 'faster')).toBeGreaterThanOrEqual(0.95);
  });
  test('a factor of two ends the race at its first look, or soon after', () => {
    expect(median(trials([2, 1]).map((t) => t.rounds))).toBeLessThanOrEqual(11);
  });
});

describe('one race', () => {
  test('the ratio is the speed-up of the first over the second', () => {
    const rounds = Array.from({ length: 12 }, () => 1);
    const twice = rounds.map((r) => 2 * r);
    expect(compare('b', rounds, twice)).toEqual({
      name: 'b',
      ratio: 2,
      ci: [2, 2],
      verdict: 'faster',
    });
    expect(compare('b', twice, rounds).verdict).toBe('slower');
  });
  test('three rounds prove nothing', () => {
    expect(compare('b', [1, 1, 1], [9, 9, 9])).toMatchObject({ verdict: 'unsure', ci: null });
  });
  test('equal within the margin is decided, and so is a median known well', () => {
    const rounds = Array.from({ length: 12 }, (_, i) => 1 + 0.001 * i);
    expect(decided(rounds, [...rounds].reverse())).toBe(true);
    expect(known(rounds)).toBe(true);
    expect(known(rounds.map((r, i) => r * (1 + i)))).toBe(false);
  });
});
