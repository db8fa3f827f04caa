import { describe, expect, test } from 'vitest';
import { cases } from '../bench/cases.ts';
import { race, sample, warmUp } from '../bench/measure.ts';
import { judge, makeInputs } from '../bench/problems/kinds.ts';
import { OURS, toTable, withRatios } from '../bench/report.ts';
import { median, quantile, spread } from '../bench/statistics.ts';
import type { Problem, Report, Row, Work } from '../bench/types.ts';

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
});

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
  const plan = {
    mode: 'throughput' as const,
    warmup: 1,
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
    const loops = await warmUp(works, plan, now);
    log.length = 0;
    const samples = await race(works, loops, plan, now);
    expect(loops).toEqual({ a: 1, b: 1 });
    expect(log.join('')).toBe('abbaab');
    expect(samples).toEqual({ a: [10, 10, 10], b: [20, 20, 20] });
  });

  test('short calls are looped until a sample is long enough', async () => {
    const { now, work } = stage();
    expect(await warmUp({ a: work('a', 0.5, 0.5) }, plan, now)).toEqual({ a: 10 });
  });

  test('the budget ends the race, but not before the least rounds', async () => {
    const { now, work } = stage();
    const rounds = { least: 2, most: 100, budgetMs: 1 };
    const samples = await race({ a: work('a', 9, 0) }, { a: 1 }, { ...plan, rounds }, now);
    expect(samples.a).toHaveLength(2);
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

describe('reporting', () => {
  const row = (contestant: string, median_ms: number, failed?: string): Row => ({
    case: 'matmul 512',
    contestant,
    median_ms,
    min_ms: median_ms,
    spread: 0.02,
    n: 9,
    loop: 1,
    first_ms: 50,
    dispatches: 1,
    submits: 1.5,
    passes: 1,
    buffers: 0,
    bindGroups: 0,
    pipelines: 0,
    writes: 0,
    copies: 0,
    peakBytes: 4e6,
    ratio: null,
    check: { ok: !failed, error: 1e-7, tolerance: 1e-5 },
    ...(failed ? { failed } : {}),
    samples: [],
  });
  const rows = withRatios([row(OURS, 30), row('slow', 75), row('bad', 0, 'wrong numbers')]);

  test('ratios say how many times as long as ours, and only where both are right', () => {
    expect(rows.map((r) => r.ratio)).toEqual([1, 2.5, null]);
    expect(withRatios([row('slow', 75)])[0].ratio).toBeNull();
  });

  test('the table shows circumstances, ratios and what failed', () => {
    const report: Report = {
      schema: 1,
      header: {
        date: '2026-01-01',
        adapter: { vendor: 'google', architecture: 'swiftshader', description: '', fallback: true },
        browser: 'Chrome/156',
        flags: ['--enable-unsafe-webgpu'],
        versions: { eightfold: '0.1.0' },
        commit: 'abc',
        cpu: '2 x CPU',
        load: [0.1, 2],
      },
      rows,
    };
    const text = toTable(report);
    for (const part of ['fallback', 'Chrome/156', '2.50x', '1.50', 'WRONG', 'bad: wrong numbers']) {
      expect(text).toContain(part);
    }
  });

  test('names of cases are unique', () => {
    expect(new Set(cases.map((c) => c.name)).size).toBe(cases.length);
  });
});
