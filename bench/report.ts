import type { Report, Row } from './types.ts';

/** Our name in the rows. */
export const OURS = 'eightfold';

/** Fills in the ratio of each row to our row of the same case: above 1 we are faster. */
export function withRatios(rows: Row[]): Row[] {
  return rows.map((row) => {
    const ours = rows.find((r) => r.case === row.case && r.contestant === OURS && !r.failed);
    return { ...row, ratio: ours && !row.failed ? row.median_ms / ours.median_ms : null };
  });
}

const three = (x: number) => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));
/** Counts are averages per call: whole numbers stay whole. */
const count = (x: number) => (Number.isInteger(x) ? `${x}` : x.toFixed(2));

const columns: [title: string, cell: (row: Row) => string][] = [
  ['case', (r) => r.case],
  ['contestant', (r) => r.contestant],
  ['median ms', (r) => three(r.median_ms)],
  ['min', (r) => three(r.min_ms)],
  ['spread', (r) => `${(100 * r.spread).toFixed(0)}%`],
  ['n', (r) => (r.loop > 1 ? `${r.n}x${r.loop}` : `${r.n}`)],
  ['ratio', (r) => (r.ratio === null ? '' : `${r.ratio.toFixed(2)}x`)],
  ['first ms', (r) => three(r.first_ms)],
  ['dispatches', (r) => count(r.dispatches)],
  ['submits', (r) => count(r.submits)],
  ['buffers', (r) => count(r.buffers)],
  ['bindGroups', (r) => count(r.bindGroups)],
  ['pipelines', (r) => count(r.pipelines)],
  ['peak MB', (r) => three(r.peakBytes / 1e6)],
  ['check', (r) => (r.check.ok ? `ok ${r.check.error.toExponential(0)}` : 'WRONG')],
];

/** The report as text: circumstances, a table, and what failed. */
export function toTable({ header, rows }: Report): string {
  const { adapter, versions, load } = header;
  const cells = rows.map((row) =>
    columns.map(([title, cell]) =>
      row.failed && title !== 'case' && title !== 'contestant' && title !== 'check'
        ? '-'
        : cell(row),
    ),
  );
  const table = [columns.map(([title]) => title), ...cells];
  const width = columns.map((_, c) => Math.max(...table.map((line) => line[c].length)));
  const left = (c: number) => c < 2 || c === columns.length - 1;
  const lines = table.map((line) =>
    line
      .map((s, c) => (left(c) ? s.padEnd(width[c]) : s.padStart(width[c])))
      .join('  ')
      .trimEnd(),
  );
  const kind = adapter.fallback ? ' (fallback adapter)' : '';
  return [
    `${adapter.vendor} ${adapter.architecture} ${adapter.description}${kind}`,
    `${header.browser}  ${header.flags.join(' ')}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `commit ${header.commit}, ${header.date}, ${header.cpu}, load ${load.join(' to ')}`,
    '',
    ...lines,
    ...rows.filter((r) => r.failed).map((r) => `\n${r.case}, ${r.contestant}: ${r.failed}`),
  ].join('\n');
}
