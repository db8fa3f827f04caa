import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import type { Tuning } from '../engine/index.ts';
import { type Case, cases } from './cases.ts';
import { type BrowserHost, openHost } from './host/browser.ts';
import { runModel } from './model.ts';
import { type Options, readOptions, UsageError, usage } from './options.ts';
import { peerVersions, readyPeers } from './peers.ts';
import { progress } from './progress.ts';
import { OURS, withComparisons } from './report.ts';
import { render } from './report/render.ts';
import { sweepCases } from './sweep.ts';
import type { Header, Report, Row } from './types.ts';

const load = () => Number(loadavg()[0].toFixed(2));
const say = (line: string) => process.stderr.write(`bench: ${line}\n`);

function commit(): string {
  try {
    const run = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
    const changed = run('status', '--porcelain', 'engine', 'shaders', 'bench') ? '+changes' : '';
    return run('rev-parse', '--short', 'HEAD') + changed;
  } catch {
    return 'unknown';
  }
}

async function describe(host: BrowserHost, withPeers: boolean): Promise<Header> {
  const { version } = readJson(new URL('../package.json', import.meta.url)) as { version: string };
  return {
    date: new Date().toISOString(),
    ...(await host.describe()),
    args: process.argv.slice(2),
    versions: { eightfold: version, ...(withPeers ? peerVersions() : {}) },
    commit: commit(),
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}`,
    load: [load(), 0],
    roofs: null,
  };
}

const readJson = (file: string | URL): unknown => JSON.parse(readFileSync(file, 'utf8'));

function readTuning(file: string): Tuning {
  try {
    return (readJson(file) as { tuning: Tuning }).tuning;
  } catch (error) {
    throw new UsageError(
      `--tuning ${file}: ${(error as Error).message}. --tune writes such a file.`,
    );
  }
}

/** The cases that are asked for. */
function choose({ filter, sweeps }: Options): Case[] {
  const chosen = cases.filter(({ name }) => filter.test(name));
  if (chosen.length > 0) return sweepCases(chosen, sweeps);
  const names = cases.map(({ name }) => `  ${name}`).join('\n');
  throw new UsageError(`--filter: no case matches ${filter}. There are:\n${names}`);
}

async function runCases(chosen: Case[], options: Options): Promise<Report> {
  const all = {
    [OURS]: '/bench/ours/contestant.ts',
    ...(options.peers ? await readyPeers(say) : {}),
  };
  const modules = Object.fromEntries(
    Object.entries(all).filter(([name]) => options.only.test(name)),
  );
  const bar = progress(chosen.map(({ name, cost }) => ({ name, cost })));
  const host = await openHost(modules, { expose: { tell: bar.tell } });
  try {
    const header = await describe(host, options.peers);
    const { quick, budget, variants = null } = options;
    const tuning = options.tuning ? readTuning(options.tuning) : undefined;
    const rows: Row[] = [];
    for (const one of chosen) {
      bar.begin(one.name);
      rows.push(...(await host.run(one, { quick, budget, variants, tuning })).rows);
    }
    bar.end();
    header.load[1] = load();
    return { schema: 2, header, rows: withComparisons(rows) };
  } finally {
    await host.close();
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) return console.log(usage);
  if (options.model) return console.log(await runModel(options));
  const report = await runCases(choose(options), options);
  const text = render[options.format](report);
  if (options.out) writeFileSync(options.out, `${text}\n`);
  else console.log(text);
  if (report.rows.some((row) => !row.check.ok)) process.exitCode = 1;
}

main().catch((error: Error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 2;
});
