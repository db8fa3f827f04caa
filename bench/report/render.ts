import type { Format } from '../options.ts';
import type { Report } from '../types.ts';
import { toHtml } from './html/page.ts';
import { toActionBenchmark, toCsv, toMarkdown } from './plain.ts';
import { toTable } from './table.ts';

/** The report in a format. */
export const render: Record<Format, (report: Report) => string> = {
  table: toTable,
  json: (report) => JSON.stringify(report, null, 2),
  csv: toCsv,
  md: toMarkdown,
  html: toHtml,
  gab: toActionBenchmark,
};
