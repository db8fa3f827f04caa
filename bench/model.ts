import { moduleServer } from '../tools/modules.ts';
import { cases } from './cases.ts';
import type { ModelledKernel } from './pretended.ts';

export interface ModelOptions {
  readonly filter: RegExp;
  /** Json, or else a table. */
  readonly format: string;
  /** Contracts of which every variant is modelled. */
  readonly variants?: string;
}

/**
 * What the kernels of the cases would ask of a GPU: traced in an interpreter, no GPU is used.
 * @returns a table, or the rows as JSON
 */
export async function runModel({ filter, format, variants }: ModelOptions): Promise<string> {
  const server = await moduleServer();
  try {
    const loaded = await server.ssrLoadModule('/bench/pretended.ts');
    const { modelCase } = loaded as typeof import('./pretended.ts');
    const rows: ModelledKernel[] = [];
    for (const { name } of cases.filter((c) => filter.test(c.name))) {
      process.stderr.write(`bench: modelling ${name}\n`);
      rows.push(...(await modelCase(name, variants)));
    }
    return format === 'json' ? JSON.stringify({ schema: 1, rows }, null, 2) : toModelTable(rows);
  } finally {
    await server.close();
  }
}

const percent = (x: number) => `${Math.floor(1000 * x) / 10}%`;
const short = (x: number) =>
  x >= 1e4 ? x.toExponential(1).replace('+', '') : `${Number(x.toPrecision(3))}`;

const columns: [title: string, cell: (row: ModelledKernel) => string][] = [
  ['case', (r) => r.case],
  ['contestant', (r) => r.contestant],
  ['kernel', (r) => r.file.replace('.wgsl', '')],
  ['x', (r) => `${r.dispatches}`],
  ['read', (r) => (r.reads.bytes ? percent(r.reads.coalesced) : '-')],
  ['write', (r) => (r.writes.bytes ? percent(r.writes.coalesced) : '-')],
  ['L1', (r) => (r.reads.bytes ? percent(r.reads.cached) : '-')],
  ['banks', (r) => (r.banks.worst ? `${r.banks.worst}` : '-')],
  ['active', (r) => percent(r.active)],
  ['B/inv', (r) => short(r.reads.bytes + r.writes.bytes)],
  ['L2 B/inv', (r) => short(r.reads.fetched + r.writes.fetched)],
  ['flop/inv', (r) => short(r.flops)],
  ['flop/B', (r) => short(r.intensity)],
  ['barriers', (r) => short(r.barriers)],
  ['wg B', (r) => `${r.workgroupBytes}`],
  ['regs', (r) => `${r.registers}`],
  ['wg size', (r) => r.workgroup.filter((d, i) => i === 0 || d > 1).join('x')],
  ['wgs', (r) => `${r.groups.reduce((n, d) => n * d, 1)}`],
];

/** The rows as text. */
export function toModelTable(rows: readonly ModelledKernel[]): string {
  const table = [columns.map(([title]) => title), ...rows.map((r) => columns.map(([, c]) => c(r)))];
  const width = columns.map((_, c) => Math.max(...table.map((line) => line[c].length)));
  return table
    .map((line) =>
      line.map((s, c) => (c < 3 ? s.padEnd(width[c]) : s.padStart(width[c]))).join('  '),
    )
    .join('\n');
}
