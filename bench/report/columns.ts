import type { Row } from '../types.ts';

/** Three significant digits, all of a large whole part. */
export const three = (x: number): string => (Math.abs(x) >= 100 ? x.toFixed(0) : x.toPrecision(3));

/** Counts are averages per call: whole numbers stay whole. */
const count = (x: number) => (Number.isInteger(x) ? `${x}` : x.toFixed(2));

const percent = (x: number) => `${(100 * x).toFixed(x < 0.1 ? 1 : 0)}%`;

/** Half the interval over the value, as `±3%`. */
const within = (value: number, ci: readonly number[] | null) =>
  ci ? `±${((50 * (ci[1] - ci[0])) / value).toFixed(0)}%` : '';

const beside = (ratio: number | null | undefined, verdict: string | null | undefined) =>
  typeof ratio === 'number' ? `${ratio.toFixed(2)}x ${verdict}` : '';

const maybe = (value: number | null | undefined, show: (x: number) => string) =>
  typeof value === 'number' ? show(value) : '';

/** One column of a table for people. */
export interface Column {
  title: string;
  cell(row: Row): string;
  /** Left-aligned, and shown for rows that failed. */
  text?: boolean;
}

const fixed: Column[] = [
  { title: 'case', cell: (r) => r.case, text: true },
  { title: 'contestant', cell: (r) => r.contestant, text: true },
  { title: 'median ms', cell: (r) => three(r.median_ms) },
  { title: 'ci', cell: (r) => within(r.median_ms, r.ci) },
  { title: 'min', cell: (r) => three(r.min_ms) },
  { title: 'n', cell: (r) => (r.loop > 1 ? `${r.n}x${r.loop}` : `${r.n}`) },
  { title: 'vs ours', cell: (r) => beside(r.ours?.ratio, r.ours?.verdict) },
  { title: 'vs best peer', cell: (r) => beside(r.ratio, r.verdict) },
  { title: 'GFLOP/s', cell: (r) => maybe(r.gflops, three) },
  { title: 'GB/s', cell: (r) => maybe(r.gbps, three) },
  { title: 'flop/B', cell: (r) => maybe(r.intensity, three) },
  { title: 'roof', cell: (r) => maybe(r.roof, percent) },
  { title: 'bound', cell: (r) => r.bound ?? '' },
  { title: 'robustness', cell: (r) => maybe(r.robustness_tax, (x) => `${x.toFixed(2)}x`) },
  { title: 'compile ms', cell: (r) => three(r.compile_ms) },
  { title: 'first ms', cell: (r) => three(r.first_ms) },
  { title: 'dispatches', cell: (r) => count(r.dispatches) },
  { title: 'submits', cell: (r) => count(r.submits) },
  { title: 'buffers', cell: (r) => count(r.buffers) },
  { title: 'bindGroups', cell: (r) => count(r.bindGroups) },
  { title: 'peak MB', cell: (r) => three(r.peakBytes / 1e6) },
  { title: 'wg bytes', cell: (r) => maybe(r.occupancy?.workgroupBytes, String) },
  { title: 'wg size', cell: (r) => maybe(r.occupancy?.invocations, String) },
  { title: 'groups', cell: (r) => maybe(r.occupancy?.workgroups, String) },
  { title: 'threads', cell: (r) => maybe(r.occupancy?.threads, String) },
];

const check: Column = {
  title: 'check',
  cell: (r) => (r.check.ok ? `ok ${r.check.error.toExponential(0)}` : 'WRONG'),
  text: true,
};

/** What a cell shows; rows that failed show their name and check alone. */
export const cellOf = (column: Column, row: Row): string =>
  row.failed && !column.text ? '-' : column.cell(row);

/** The columns in which at least one row has something to say. */
export function columnsOf(rows: readonly Row[]): Column[] {
  const titles = new Set(rows.flatMap((row) => Object.keys(row.extra ?? {})));
  const extra = [...titles].map((title) => ({
    title,
    cell: (row: Row) => {
      const value = row.extra?.[title];
      return typeof value === 'number' ? three(value) : (value ?? '');
    },
  }));
  const filled = (column: Column) => rows.some((row) => !row.failed && column.cell(row) !== '');
  return [...fixed.filter((c) => c.text || filled(c)), ...extra, check];
}
