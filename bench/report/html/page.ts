import { OURS } from '../../report.ts';
import type { Report, Roofs, Row } from '../../types.ts';
import { cellOf, columnsOf } from '../columns.ts';
import { circumstances, remarks } from '../table.ts';
import { barChart, escapeHtml, type Line, lineChart } from './chart.ts';
import { chartStyle, style } from './style.ts';

/** A swept case as `sweepCases` names it: `matmul 512 m,n,k=64` is `matmul 512`, `m,n,k`, 64. */
const SWEPT = /^(.*) (\S+)=(\d+)$/;

const sweptBy = ({ case: name }: Row) => {
  const [, title, field, value] = SWEPT.exec(name) ?? [];
  return title === undefined
    ? null
    : { title: `${title} by ${field}`, field, value: Number(value) };
};

/** Colours by contestant: ours first, then in order of appearance. */
function coloursOf(rows: readonly Row[]): (row: Row) => string {
  const names = [...new Set([OURS, ...rows.map((row) => row.contestant)])];
  return ({ contestant }) => {
    const i = names.indexOf(contestant);
    return `c${i < 8 ? i : 1 + ((i - 1) % 7)}`;
  };
}

const said = (row: Row) =>
  `${row.contestant}: ${row.median_ms.toPrecision(3)} ms` +
  `${row.gflops === null ? '' : `, ${row.gflops.toPrecision(3)} GFLOP/s`}` +
  `${row.verdict ? `, ${row.ratio?.toFixed(2)}x ${row.verdict} beside ${row.best_peer}` : ''}`;

/** The ladder of one swept case: speed against size, a line per variant and peer, and the roof. */
function ladder(
  title: string,
  rows: readonly Row[],
  roofs: Roofs | null,
  colour: (r: Row) => string,
) {
  const flops = rows.every((row) => row.gflops !== null);
  const speed = (row: Row) => (flops ? row.gflops : row.gbps) ?? 1 / row.median_ms;
  const names = [...new Set(rows.map((row) => row.contestant))];
  const lines = names.map((name): Line => {
    const own = rows.filter((row) => row.contestant === name);
    const points = own
      .map((row) => ({
        x: sweptBy(row)?.value ?? 1,
        y: speed(row),
        title: `${row.case}, ${said(row)}`,
      }))
      .sort((a, b) => a.x - b.x);
    return {
      name,
      points,
      colour: colour(own[0]),
      dashed: own[0].variant === null && name !== OURS,
    };
  });
  const unit = flops ? 'GFLOP/s' : rows.every((row) => row.gbps !== null) ? 'GB/s' : 'calls per ms';
  const roof = unit === 'GFLOP/s' ? roofs?.gflops : unit === 'GB/s' ? roofs?.gbps : undefined;
  const field = sweptBy(rows[0])?.field ?? '';
  return section(title, lineChart(`${title}: ${unit}`, { x: field, y: unit }, lines, roof ?? null));
}

/** Milliseconds of one case, a bar per contestant, the fastest on top. */
function bars(name: string, rows: readonly Row[], colour: (row: Row) => string): string {
  const sorted = [...rows].sort((a, b) => a.median_ms - b.median_ms);
  const drawn = sorted.map((row) => ({
    name: row.contestant,
    value: row.median_ms,
    ci: row.ci,
    colour: colour(row),
    title: said(row),
  }));
  return section(name, barChart(`${name}: milliseconds`, 'ms', drawn));
}

const section = (title: string, chart: string) =>
  `<section><h2>${escapeHtml(title)}</h2>${chart}</section>`;

function groups(rows: readonly Row[], nameOf: (row: Row) => string): [string, Row[]][] {
  const found = new Map<string, Row[]>();
  for (const row of rows) found.set(nameOf(row), [...(found.get(nameOf(row)) ?? []), row]);
  return [...found];
}

/** A chart for each case of the rows, and one for each swept case, as HTML. */
export function chartsOf(rows: readonly Row[], roofs: Roofs | null): string[] {
  const timed = rows.filter((row) => !row.failed);
  const colour = coloursOf(timed);
  const swept = timed.filter((row) => sweptBy(row));
  const plain = timed.filter((row) => !sweptBy(row));
  return [
    ...groups(swept, (row) => sweptBy(row)?.title ?? '').map(([title, own]) =>
      ladder(title, own, roofs, colour),
    ),
    ...groups(plain, (row) => row.case).map(([name, own]) => bars(name, own, colour)),
  ];
}

/** The report as one page that needs nothing else: charts, and the table that says the same. */
export function toHtml(report: Report): string {
  const charts = chartsOf(report.rows, report.header.roofs);
  const lines = (texts: readonly string[]) =>
    texts.map((text) => `<p class="soft">${escapeHtml(text)}</p>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Eightfold bench, ${report.header.date.slice(0, 10)}</title>
<style>${style}${chartStyle}</style>
</head>
<body>
<h1>Eightfold bench</h1>
${lines(circumstances(report))}
<div class="charts">
${charts.join('\n')}
</div>
${table(report.rows)}
${lines(remarks(report))}
</body>
</html>`;
}

function table(rows: readonly Row[]): string {
  const columns = columnsOf(rows);
  const cell = (tag: string, text: string, left?: boolean) =>
    `<${tag}${left ? ' class="text"' : ''}>${escapeHtml(text)}</${tag}>`;
  const head = columns.map((column) => cell('th', column.title, column.text)).join('');
  const body = rows.map(
    (row) => `<tr>${columns.map((c) => cell('td', cellOf(c, row), c.text)).join('')}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="All rows">
<table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>
</div>`;
}
