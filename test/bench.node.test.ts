import { describe, expect, test } from 'vitest';
import { cases } from '../bench/cases.ts';
import { calibrate, type Plan, race, sample } from '../bench/measure.ts';
import { judge, makeInputs } from '../bench/problems/kinds.ts';
import type { Problem, Work } from '../bench/types.ts';

/** A clock that only works advance, and a log of who ran. */
function stage() {
  const clock = { ms: 0 };
  const log: string[] = [];
  const work = (name: string, call: number, wait: number): Work => ({
    call: () => {
      log.push(name);
      clock.ms += call;
    },
    settle: async () => {
      clock.ms += wait;
    },
    read: async () => [],
  });
  return { now: () => clock.ms, log, work };
}

describe('measuring', () => {
  const plan: Plan = {
    mode: 'throughput',
    warmup: { least: 1, most: 5, budgetMs: 0 },
    sampleMs: 10,
    rounds: { least: 3, most: 3, budgetMs: 1e6 },
  };

  test.each([
    ['throughput', (4 * 1 + 6) / 4],
    ['latency', 7],
    ['host', 1],
  ] as const)('%s: 1 ms of call and 6 of wait are %d ms', async (mode, wanted) => {
    const { now, work } = stage();
    expect(await sample(work('a', 1, 6), mode, 4, now)).toBe(wanted);
  });

  test('contestants take turns, each round begun by another', async () => {
    const { now, log, work } = stage();
    const works = { a: work('a', 10, 0), b: work('b', 20, 0) };
    const { samples } = await race(works, { a: 1, b: 1 }, plan, now);
    expect(log.join('')).toBe('abbaab');
    expect(samples).toEqual({ a: [10, 10, 10], b: [20, 20, 20] });
  });

  test.each([
    ['the plan asks for', 0, 10],
    ['the steps of the clock ask for', 0.5, 100],
  ])('short calls are looped until a sample is as long as %s', async (_, quantum, wanted) => {
    const { now, work } = stage();
    expect(await calibrate(work('a', 0.5, 0.5), plan, now, quantum)).toBe(wanted);
  });

  test('warming up ends with its time, but not before its calls', async () => {
    const { now, log, work } = stage();
    const warmup = { least: 3, most: 100, budgetMs: 50 };
    await calibrate(work('a', 10, 0), { ...plan, warmup }, now);
    await calibrate(work('b', 100, 0), { ...plan, warmup }, now);
    expect(log.join('')).toBe('aaaaaabbb');
  });

  const rounds = { least: 9, most: 60, budgetMs: 1e6 };

  test('who is told apart runs no further, and the race ends when all are', async () => {
    const { now, work } = stage();
    const works = { a: work('a', 9, 0), b: work('b', 18, 0) };
    const { samples } = await race(works, { a: 1, b: 1 }, { ...plan, rounds }, now);
    expect([samples.a.length, samples.b.length]).toEqual([9, 9]);
  });

  test.each([
    ['three rounds', 6e5, 3],
    ['one round', 2e6, 1],
  ])('a hopeless contestant runs %s, on time of its own', async (_, ms, wanted) => {
    const { now, work } = stage();
    const works = { a: work('a', 1, 0), b: work('b', 1.01, 0), c: work('c', ms / wanted, 0) };
    const { samples } = await race(works, { a: 1, b: 1, c: 1 }, { ...plan, rounds }, now);
    expect(samples.c).toHaveLength(wanted);
    expect(samples.a).toHaveLength(9);
  });

  test('the budget ends the race, but not before the least rounds', async () => {
    const { now, work } = stage();
    const tight = { least: 2, most: 100, budgetMs: 1 };
    const { samples } = await race(
      { a: work('a', 9, 0) },
      { a: 1 },
      { ...plan, rounds: tight },
      now,
    );
    expect(samples.a).toHaveLength(2);
  });

  test('who throws leaves the race, with the reason', async () => {
    const { now, work } = stage();
    const works = {
      a: work('a', 9, 0),
      b: { ...work('b', 9, 0), settle: () => Promise.reject('lost') },
    };
    const { samples, failures } = await race(works, { a: 1, b: 1 }, plan, now);
    expect(Object.keys(samples)).toEqual(['a']);
    expect(failures).toEqual({ b: 'lost' });
  });
});

/** y, dx and dw of a SAME convolution by scattering, the other way round than the judge does it. */
function scatterConv(problem: Problem & { kind: 'conv' }) {
  const { batch, height, width, cin, cout, size } = problem;
  const { x, w, g } = makeInputs(problem);
  const half = (size - 1) / 2;
  const [y, dx, dw] = [g.length, x.length, w.length].map((n) => new Float32Array(n));
  for (let i = 0; i < batch * height * width; i++) {
    const [row, col] = [Math.floor(i / width) % height, i % width];
    for (let t = 0; t < size * size; t++) {
      const [r, c] = [row + half - Math.floor(t / size), col + half - (t % size)];
      if (r < 0 || r >= height || c < 0 || c >= width) continue;
      const to = i + (r - row) * width + (c - col);
      for (let ci = 0; ci < cin; ci++) {
        for (let co = 0; co < cout; co++) {
          const weight = (t * cin + ci) * cout + co;
          y[to * cout + co] += x[i * cin + ci] * w[weight];
          dx[i * cin + ci] += g[to * cout + co] * w[weight];
          dw[weight] += x[i * cin + ci] * g[to * cout + co];
        }
      }
    }
  }
  return [y, dx, dw];
}

describe('judging', () => {
  const conv: Problem & { kind: 'conv' } = {
    kind: 'conv',
    batch: 2,
    height: 5,
    width: 4,
    cin: 3,
    cout: 2,
    size: 3,
    backward: true,
  };

  test('a right convolution passes, in y, dx and dw', () => {
    const { compare } = judge(conv, makeInputs(conv));
    expect(compare([scatterConv(conv)])).toMatchObject({ ok: true });
  });

  test.each([0, 1, 2])('one wrong result of three fails (%d)', (which) => {
    const { compare } = judge(conv, makeInputs(conv));
    const results = scatterConv(conv);
    results[which] = results[which].map((v) => v * 1.001);
    expect(compare([results]).ok).toBe(false);
  });

  test.each([
    ['NaN', (c: Float32Array) => c.fill(Number.NaN)],
    ['zeros', (c: Float32Array) => c.fill(0)],
    ['a short result', (c: Float32Array) => c.subarray(1)],
  ])('%s is not a product', (_, spoil) => {
    const problem: Problem = { kind: 'matmul', m: 8, n: 8, k: 8 };
    const { compare } = judge(problem, makeInputs(problem));
    expect(compare([[spoil(new Float32Array(64))]]).ok).toBe(false);
  });

  test.each(['mse', 'bce'] as const)('a network learns: %s', (loss) => {
    const problem: Problem = { kind: 'mlp', widths: [3, 16, 3], batch: 32, loss };
    const { calls, compare } = judge(problem, makeInputs(problem));
    const same = Array.from({ length: calls }, () => [Float32Array.of(0.5)]);
    expect(compare(same).ok).toBe(false);
  });
});

test('names of cases are unique', () => {
  expect(new Set(cases.map((c) => c.name)).size).toBe(cases.length);
});
