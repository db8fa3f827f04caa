import { readFileSync, writeFileSync } from 'node:fs';
import { regressions } from './baseline.ts';
import { type Case, cases } from './cases.ts';
import { runModel } from './model.ts';
import { type Options, readOptions, UsageError, usage } from './options.ts';
import { render } from './report/render.ts';
import { selftest } from './selftest/run.ts';
import { runCases, say } from './session.ts';
import { sweepCases } from './sweep.ts';
import { tune } from './tune/run.ts';
import type { Report } from './types.ts';

/** The cases that are asked for. */
function choose({ filter, sweeps }: Options): Case[] {
  const chosen = cases.filter(({ name }) => filter.test(name));
  if (chosen.length > 0) return sweepCases(chosen, sweeps);
  const names = cases.map(({ name }) => `  ${name}`).join('\n');
  throw new UsageError(`--filter: no case matches ${filter}. There are:\n${names}`);
}

function readBaseline(file: string): Report {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    if (report.schema === 2) return report;
    throw new Error(`schema 2 expected, got ${report.schema}`);
  } catch (error) {
    const { message } = error as Error;
    throw new UsageError(`--baseline ${file}: ${message}. --format json --out writes such a file.`);
  }
}

function write(text: string, out?: string): void {
  if (out) writeFileSync(out, `${text}\n`);
  else console.log(text);
}

/** Runs the cases and writes the report; returns the exit code. */
async function bench(options: Options): Promise<number> {
  const before = options.baseline ? readBaseline(options.baseline) : null;
  const keep = (report: Report) => write(render[options.format](report), options.out);
  const report = await runCases(choose(options), options, options.out ? keep : undefined);
  keep(report);
  const found = before ? regressions(report, before, options.threshold) : null;
  for (const line of found?.lines ?? []) say(line);
  const wrong = report.rows.some((row) => row.failed !== undefined);
  return wrong || found?.regressed ? 1 : 0;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    console.log(usage);
    return 0;
  }
  if (options.model) {
    write(await runModel(options), options.out);
    return 0;
  }
  if (options.selftest) return selftest(options);
  if (options.tune) return tune(choose(options), options);
  return bench(options);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = 2;
}
