import { describe, expect, test } from 'vitest';
import { partsOf, profileLines } from '../bench/profile.ts';
import { OURS, choiceLines, withComparisons } from '../bench/report.ts';
import { render } from '../bench/report/render.ts';
import type { Report } from '../bench/types.ts';
import { header, row } from './bench.rows.ts';

const choices = [
  {
    contract: 'matmul',
    bucket: 'm9',
    variant: '1_naive',
    applicable: ['1_naive', '2_tiled'],
    by: 'heuristic' as const,
  },
];
const rows = withComparisons([
  row(OURS, 30, { choices }),
  row('matmul/2_tiled', 20, { variant: 'matmul/2_tiled' }),
  row('slow', 75),
  row('slower', 90),
  row('bad', 0, { failed: 'wrong numbers' }),
]);
const report: Report = { schema: 2, header, rows };

describe('profiling', () => {
  const event = (kernel: string, ms: number) => {
    const known = { op: 'matmul', code: '', shapes: '[2]', groups: [1], bytes: 8, flops: 4 };
    return { ...known, kernel, ms };
  };
  const parts = partsOf([
    [event('a', 1), event('b', 2), event('a', 5)],
    [event('a', 1), event('b', 4), event('a', 5)],
    [event('a', 9), event('b', 4), event('a', 6)],
  ]);
  test('each dispatch by its median over calls, equal ones together, the dearest first', () => {
    expect(parts.map(({ kernel, dispatches, ms }) => [kernel, dispatches, ms])).toEqual([
      ['a', 2, 6],
      ['b', 1, 4],
    ]);
    expect(partsOf([])).toEqual([]);
  });
  test('is told after the table', () => {
    const [line] = profileLines('one', parts);
    expect(line).toBe('one: 60.0 %, 6.00 ms in 2 of a, matmul [2]');
    const profiled = { ...report, rows: [row(OURS, 30, { profile: parts })] };
    expect(render.table(profiled)).toContain('eightfold: 60.0 %, 6.00 ms in 2 of a');
  });
});

describe('comparing', () => {
  test('each row beside ours: above 1 it is faster', () => {
    expect(rows.map((r) => r.ours?.ratio)).toEqual([undefined, 1.5, 0.4, 30 / 90, undefined]);
    expect(rows.map((r) => r.ours?.verdict)).toEqual([
      undefined,
      'faster',
      'slower',
      'slower',
      undefined,
    ]);
  });
  test('and beside the best peer, which no variant of ours is', () => {
    expect(rows.map((r) => r.best_peer)).toEqual(['slow', 'slow', 'slower', 'slow', null]);
    expect(rows[0]).toMatchObject({ ratio: 2.5, ratio_ci: [2.5, 2.5], verdict: 'faster' });
  });
  test('says out loud when a variant was faster than the choice', () => {
    expect(choiceLines(rows)).toEqual([
      'matmul 512: the engine chose matmul/1_naive; matmul/2_tiled is 50 % faster.',
    ]);
    expect(
      choiceLines([rows[0], row('matmul/2_tiled', 30, { variant: 'matmul/2_tiled' })]),
    ).toEqual(['matmul 512: the engine chose matmul/1_naive; no variant was faster.']);
  });
});

describe('formats', () => {
  test('the table shows circumstances, ratios and what failed', () => {
    const text = render.table(report);
    for (const part of [
      'fallback',
      'Chrome/156',
      '2.50x faster',
      '1.50',
      'WRONG',
      'bad: wrong numbers',
      'now 5.00 us',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('robustness'); // no row has it
  });
  test('more columns come from the rows', () => {
    const wide = { ...report, rows: [row(OURS, 30, { extra: { 'bank conflicts': 2 } })] };
    expect(render.table(wide)).toMatch(/bank conflicts[\s\S]*2\.00/);
  });
  test('JSON keeps the samples and has a schema', () => {
    expect(JSON.parse(render.json(report))).toEqual(JSON.parse(JSON.stringify(report)));
  });
  test('CSV has a line for each row and quotes what needs it', () => {
    const lines = render.csv(report).split('\n');
    expect(lines).toHaveLength(1 + rows.length);
    expect(lines[0].split(',')).toEqual(
      expect.arrayContaining(['case', 'median_ms', 'check.error']),
    );
    expect(lines[1]).toContain('"[512,512]·[512,512]"');
  });
  test('Markdown is a table', () => {
    expect(render.md(report)).toContain('| matmul 512 | eightfold | 30.0 |');
  });
  test('github-action-benchmark gets the rows that were timed', () => {
    const entries = JSON.parse(render.gab(report));
    expect(entries).toHaveLength(4);
    expect(entries[0]).toMatchObject({
      name: 'matmul 512 (eightfold)',
      unit: 'ms',
      value: 30,
      range: '± 0.60',
    });
  });
});

describe('the page', () => {
  const html = (...of: Report['rows']) => render.html({ ...report, rows: of });

  test('needs nothing else, and has the table beside the charts', () => {
    const text = html(...rows);
    expect(text).not.toMatch(/(src|href)=|@import|url\(/);
    expect(text).toContain('<th>median ms</th>');
    expect(text).toContain('color-scheme: light dark');
    expect(text.match(/<rect /g)).toHaveLength(4); // one bar for each row that was timed
  });
  test('a sweep is a ladder: a line for each contestant, and the roof', () => {
    const roofs = { gflops: 60, gbps: 4, cached_gbps: 5 };
    const cost = { dispatch_us: 7, submit_us: 100, barrier_ns: 40 };
    const at = (who: string, n: number, gflops: number) =>
      row(who, 1, { case: `matmul m,n,k=${n}`, gflops });
    const text = render.html({
      ...report,
      header: { ...header, roofs: { ...roofs, ...cost } },
      rows: [at(OURS, 64, 5), at(OURS, 128, 9), at('a<b', 64, 2), at('a<b', 128, 3)],
    });
    expect(text.match(/<polyline/g)).toHaveLength(2);
    expect(text).toContain('roof 60');
    expect(text).toContain('a&lt;b');
    expect(text).not.toContain('NaN');
  });
});
