import { describe, expect, test } from 'vitest';
import { regressions } from '../bench/baseline.ts';
import type { Case } from '../bench/cases.ts';
import { gcd, quantumOf } from '../bench/clock.ts';
import { occupancyOf, reflectShader } from '../bench/occupancy.ts';
import { readOptions, readSweep, UsageError } from '../bench/options.ts';
import { OURS, withComparisons } from '../bench/report.ts';
import { aboveRoof, higher, withRoofs } from '../bench/roofs/roofline.ts';
import { sweepCases } from '../bench/sweep.ts';
import { racesOf, ranked } from '../bench/tune/table.ts';
import type { Report, Roofs } from '../bench/types.ts';
import { header, row } from './bench.rows.ts';

describe('options', () => {
  test.each([
    ['m=64..512:x2', ['m'], [64, 128, 256, 512]],
    ['m,n,k=64..256', ['m', 'n', 'k'], [64, 128, 256]],
    ['batch=0..10:+4', ['batch'], [0, 4, 8]],
    ['n=1,8,64', ['n'], [1, 8, 64]],
  ])('--sweep %s', (text, fields, values) => {
    expect(readSweep(text)).toEqual({ fields, values });
  });
  test.each(['m', 'm=', '=4', 'm=8..4', 'm=0..8:x2', 'm=4..8:x1', 'm=1.5', 'm=a'])(
    '--sweep %s is refused',
    (text) => expect(() => readSweep(text)).toThrow(UsageError),
  );
  test.each([
    [['--format', 'xml'], /--format: table, json/],
    [['--filter', '('], /--filter: /],
    [['--budget', 'long'], /--budget: a number expected/],
    [['--nothing'], /See --help/],
  ])('%j says what is wrong', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
  test('defaults', () => {
    const options = readOptions([]);
    expect(options).toMatchObject({ format: 'table', quick: false, budget: 15, sweeps: [] });
    expect(options?.variants).toBeUndefined();
    expect(readOptions(['--help'])).toBeNull();
  });
});

describe('sweeping', () => {
  const cases: Case[] = [
    { name: 'matmul 512', problem: { kind: 'matmul', m: 512, n: 512, k: 512 }, cost: 1 },
    { name: 'softmax', problem: { kind: 'softmax', rows: 4, n: 4 }, cost: 1 },
  ];
  test('fields together, and several sweeps across each other', () => {
    const swept = sweepCases(cases, [readSweep('m,n=1,2'), readSweep('k=3,4')]);
    expect(swept.map((c) => c.name)).toEqual([
      'matmul 512 m,n=1 k=3',
      'matmul 512 m,n=1 k=4',
      'matmul 512 m,n=2 k=3',
      'matmul 512 m,n=2 k=4',
    ]);
    expect(swept[1].problem).toEqual({ kind: 'matmul', m: 1, n: 1, k: 4 });
  });
  test('a field that no case has is told', () => {
    expect(() => sweepCases(cases, [readSweep('z=1')])).toThrow(/There are: m, n, k, rows/);
  });
});

describe('clocks', () => {
  test('the step is the greatest common divisor of the steps made', () => {
    expect(gcd([15000n, 10000n, 25000n])).toBe(5000n);
    const ticks = [0, 0.005, 0.005, 0.02, 0.03, 200];
    let i = 0;
    expect(quantumOf(() => ticks[Math.min(i++, ticks.length - 1)])).toBeCloseTo(0.005);
  });
});

describe('roofs', () => {
  const roofs: Roofs = {
    gflops: 100,
    gbps: 10,
    cached_gbps: 50,
    dispatch_us: 10,
    submit_us: 100,
    barrier_ns: 1,
  };
  const flops = 2 * 512 ** 3;
  const measured = (median_ms: number) => row(OURS, median_ms, { gflops: flops / median_ms / 1e6 });

  test('a product of 512 is bound by arithmetic, and 10 ms are a quarter of it', () => {
    const [one] = withRoofs([measured(10)], roofs);
    expect(one.bound).toBe('compute');
    expect(one.roof).toBeCloseTo(0.268, 2);
  });
  test('many dispatches bind by launching, little bandwidth by memory', () => {
    expect(withRoofs([{ ...measured(10), dispatches: 900 }], roofs)[0].bound).toBe('launch');
    const slow = { ...roofs, gbps: 0.1, cached_gbps: 0.1 };
    expect(withRoofs([measured(100)], slow)[0].bound).toBe('memory');
  });
  test('what is faster than the roof is no result', () => {
    expect(aboveRoof(measured(3), roofs)).toBeNull();
    expect(aboveRoof(measured(1), roofs)).toMatch(/2\.68 times as fast as the roof allows/);
    expect(aboveRoof(row(OURS, 0, { failed: 'wrong' }), roofs)).toBeNull();
  });
  test('of two calibrations the higher counts', () => {
    expect(higher(roofs, { ...roofs, gflops: 120, submit_us: 50, gbps: 9 })).toMatchObject({
      gflops: 120,
      gbps: 10,
      submit_us: 50,
    });
  });
});

describe('occupancy', () => {
  const code = `
    // var<workgroup> none: array<f32, 1>;
    const ROWS = 16u; override COLS: u32 = 4; const ALL = (ROWS + 1u) * COLS;
    var<workgroup> tile: array<array<vec4<f32>, COLS>, ROWS>;
    var<workgroup> sums: array<f32, ALL>; var<workgroup> n: atomic<u32>;
    @compute @workgroup_size(COLS, ROWS) fn main() {}`;
  test('workgroup memory and size are read out of the text, overrides included', () => {
    expect(reflectShader({ code, constants: {} })).toEqual({
      workgroupBytes: 16 * 4 * 16 + 17 * 4 * 4 + 4,
      invocations: 64,
    });
    const { workgroupBytes } = reflectShader({ code, constants: { COLS: 8 } });
    expect(workgroupBytes).toBe(16 * 8 * 16 + 17 * 8 * 4 + 4);
  });
  test('of several dispatches the largest counts', () => {
    const shader = {
      label: 'a',
      code,
      constants: {},
      groups: [8, 2, 1] as [number, number, number],
    };
    const found = occupancyOf([shader, { ...shader, constants: { COLS: 1 } }]);
    expect(found).toMatchObject({ workgroups: 16, threads: 1024, invocations: 64 });
  });
  test('what cannot be read is not guessed', () => {
    const constants = {};
    const groups: [number, number, number] = [1, 1, 1];
    const odd = 'var<workgroup> s: Tile; @compute @workgroup_size(1) fn main() {}';
    expect(occupancyOf([{ label: '', code: odd, constants, groups }])).toBeNull();
  });
});

describe('baselines', () => {
  const report = (...rows: Report['rows']): Report => ({ schema: 2, header, rows });
  const before = report(row(OURS, 10), row('slow', 20));

  test('a row that takes longer than noise allows is a regression', () => {
    const { lines, regressed } = regressions(report(row(OURS, 12), row('slow', 20)), before, 1.05);
    expect(regressed).toBe(true);
    expect(lines.join()).toContain('REGRESSION matmul 512, eightfold: 10.0 to 12.0 ms, 1.20x');
  });
  test.each([
    ['equal', row(OURS, 10), /no regression/],
    ['within the threshold', row(OURS, 10.3), /no regression/],
    ['faster', row(OURS, 5), /now 2\.00x as fast/],
    ['noisy', row(OURS, 12, { samples: [9, 15, 9, 15, 9, 15, 12, 9.5] }), /no regression/],
    ['with three samples', row(OURS, 20, { samples: [20, 20, 20] }), /too few samples/],
  ])('%s is none', (_, now, said) => {
    const { lines, regressed } = regressions(report(now), before, 1.05);
    expect(regressed).toBe(false);
    expect(lines.join()).toMatch(said);
    expect(lines.join()).toContain('1 rows of the baseline were not run');
  });
  test('another machine is told', () => {
    const elsewhere = { ...header, cpu: '64 x CPU' };
    const { lines } = regressions({ schema: 2, header: elsewhere, rows: [] }, before, 1.05);
    expect(lines[0]).toContain('another machine');
  });
});

describe('tuning', () => {
  const choice = (contract: string, bucket: string, n: number) => ({
    contract,
    bucket,
    variant: '1',
    applicable: Array.from({ length: n }, (_, i) => `${i + 1}`),
    by: 'heuristic' as const,
  });
  test('buckets stay together, twelve variants fit a page, settled ones are left out', () => {
    const choices = [
      choice('a', 'x', 8),
      choice('a', 'y', 4),
      choice('b', 'x', 5),
      choice('b', 'y', 1),
      choice('b', 'z', 3),
    ];
    const races = racesOf(choices, { b: { z: ['1'] } });
    expect(races.map((race) => race.length)).toEqual([12, 5]);
    expect(races[0][8]).toEqual({ contract: 'a', bucket: 'y', variant: '1' });
  });
  test('variants are ranked by their speed-up over the choice of the engine', () => {
    const forced = (variant: string, ms: number, more = {}) =>
      row(variant, ms, { variant: `matmul/${variant}`, bucket: 'm9', ...more });
    const rows = withComparisons([
      row(OURS, 10),
      forced('1_naive', 30),
      forced('2_tiled', 8),
      forced('3_blocked', 0, { failed: 'wrong numbers' }),
    ]);
    const table = { matmul: { m3: ['1_naive'] }, lu: { n5: ['1_small'] } };
    expect(ranked(table, rows)).toEqual({
      matmul: { m3: ['1_naive'], m9: ['2_tiled', '1_naive'] },
      lu: { n5: ['1_small'] },
    });
  });
});
