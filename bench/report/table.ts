import { profileLines } from '../profile.ts';
import { choiceLines } from '../report.ts';
import type { Report } from '../types.ts';
import { cellOf, columnsOf, three } from './columns.ts';

/** Under what circumstances the rows were measured, a line each. */
export function circumstances({ header }: Report): string[] {
  const { adapter, versions, load, clocks, roofs } = header;
  const kind = adapter.fallback ? ' (fallback adapter)' : '';
  const busy = load.every(Number.isFinite) ? `, load ${load.join(' to ')}` : ''; // a page can't tell
  const ticks = clocks.timestamp_ns === null ? '' : `, timestamps ${clocks.timestamp_ns} ns`;
  return [
    `${adapter.vendor} ${adapter.architecture} ${adapter.description}${kind}`,
    `${header.browser}  ${header.flags.join(' ')}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `commit ${header.commit}, ${header.date}, ${header.cpu}${busy}`,
    `steps of the clocks: now ${three(clocks.now_us)} us${ticks}`,
    ...(roofs
      ? [
          `roofs: ${three(roofs.gflops)} GFLOP/s, ${three(roofs.gbps)} GB/s (cached ` +
            `${three(roofs.cached_gbps)}), dispatch ${three(roofs.dispatch_us)} us, submit ` +
            `${three(roofs.submit_us)} us, barrier ${three(roofs.barrier_ns)} ns`,
        ]
      : []),
  ];
}

/** What has to be said of the rows beside their numbers. */
export function remarks({ rows }: Report): string[] {
  return [
    ...rows.filter((r) => r.failed).map((r) => `${r.case}, ${r.contestant}: ${r.failed}`),
    ...choiceLines(rows),
    ...rows.flatMap((r) => profileLines(`${r.case}, ${r.contestant}`, r.profile ?? [])),
  ];
}

/** The report as text: circumstances, a table, and remarks. */
export function toTable(report: Report): string {
  const { rows } = report;
  const columns = columnsOf(rows);
  const cells = rows.map((row) => columns.map((column) => cellOf(column, row)));
  const table = [columns.map(({ title }) => title), ...cells];
  const width = columns.map((_, c) => Math.max(...table.map((line) => line[c].length)));
  const lines = table.map((line) =>
    line
      .map((s, c) => (columns[c].text ? s.padEnd(width[c]) : s.padStart(width[c])))
      .join('  ')
      .trimEnd(),
  );
  return [...circumstances(report), '', ...lines, ...remarks(report).map((r) => `\n${r}`)].join(
    '\n',
  );
}
