import type { Report, Row } from '../types.ts';
import { cellOf, columnsOf } from './columns.ts';
import { circumstances, remarks } from './table.ts';

/** The report as Markdown: circumstances, a table, and remarks. */
export function toMarkdown(report: Report): string {
  const columns = columnsOf(report.rows);
  const escaped = (text: string) => text.replaceAll('|', '\\|');
  const line = (cells: string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [
    ...circumstances(report).map((text) => `${text}  `),
    '',
    line(columns.map(({ title }) => title)),
    line(columns.map(({ text }) => (text ? '---' : '--:'))),
    ...report.rows.map((row) => line(columns.map((column) => cellOf(column, row)))),
    '',
    ...remarks(report).map((text) => `- ${text}`),
  ].join('\n');
}

/** Every number of the rows but the samples, one row a line, nested names joined by dots. */
export function toCsv({ rows }: Report): string {
  const flat = rows.map(({ samples: _, choices: __, profile: ___, ...row }) => flatten(row));
  const titles = [...new Set(flat.flatMap(Object.keys))];
  const quote = (value: unknown) => {
    const text = value === null || value === undefined ? '' : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = flat.map((row: Record<string, unknown>) => titles.map((t) => quote(row[t])));
  return [titles, ...lines].map((line) => line.join(',')).join('\n');
}

function flatten(value: object, before = ''): Record<string, unknown> {
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) =>
      inner !== null && typeof inner === 'object'
        ? flatten(inner, `${before}${key}.`)
        : { [before + key]: inner },
    ),
  );
}

/** The rows as github-action-benchmark reads them: `customSmallerIsBetter`. */
export function toActionBenchmark({ rows }: Report): string {
  const entry = ({ case: name, contestant, median_ms, ci, check, n, loop, ...row }: Row) => ({
    name: `${name} (${contestant})`,
    unit: 'ms',
    value: median_ms,
    ...(ci ? { range: `± ${((ci[1] - ci[0]) / 2).toPrecision(2)}` } : {}),
    extra: [
      `${n} samples of ${loop} calls`,
      `error ${check.error.toExponential(1)} of ${check.tolerance}`,
      ...(row.gflops ? [`${row.gflops.toPrecision(3)} GFLOP/s`] : []),
      ...(row.ratio ? [`${row.ratio.toFixed(2)}x ${row.verdict} than ${row.best_peer}`] : []),
    ].join('\n'),
  });
  return JSON.stringify(rows.filter((row) => !row.failed).map(entry), null, 2);
}
