import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Page } from 'puppeteer';
import { type Opened, openPage } from '../tools/browser.ts';
import { type Case, cases } from './cases.ts';
import { runModel } from './model.ts';
import type {} from './page.ts';
import { peerVersions, readyPeers } from './peers.ts';
import { progress } from './progress.ts';
import { OURS, toTable, withRatios } from './report.ts';
import type { Header, Report, Row } from './types.ts';

const usage = `npm run bench -- [options]

  --peers          race against jax-js and TF.js (installed into bench/peers on first use)
  --filter regex   only the cases whose name matches
  --format f       table (default) or json, on stdout
  --quick          few samples: for looking, not for claims
  --only regex     only the contestants whose name matches
  --variants regex also every variant of the contracts whose name matches
  --model          what the kernels would ask of a GPU, traced without one; nothing is timed
  --help

Exit code 1 when a contestant's numbers are wrong or it fails.`;

interface Options {
  peers: boolean;
  filter: RegExp;
  only: RegExp;
  format: 'table' | 'json';
  quick: boolean;
  model: boolean;
  variants?: string;
}

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      peers: { type: 'boolean', default: false },
      filter: { type: 'string', default: '' },
      only: { type: 'string', default: '' },
      format: { type: 'string', default: 'table' },
      quick: { type: 'boolean', default: false },
      model: { type: 'boolean', default: false },
      variants: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const { format } = values;
  if (format !== 'table' && format !== 'json') {
    throw new Error(`--format: table or json expected, got '${format}'.`);
  }
  return { ...values, format, filter: new RegExp(values.filter), only: new RegExp(values.only) };
}

const load = () => Number(loadavg()[0].toFixed(2));

function commit(): string {
  try {
    const run = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
    const changed = run('status', '--porcelain', 'engine', 'shaders', 'bench') ? '+changes' : '';
    return run('rev-parse', '--short', 'HEAD') + changed;
  } catch {
    return 'unknown';
  }
}

async function describe({ page, browser }: Opened, withPeers: boolean): Promise<Header> {
  const { version } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  const spawned = browser.process()?.spawnargs ?? [];
  return {
    date: new Date().toISOString(),
    adapter: await page.evaluate(() => window.describeAdapter()),
    browser: await browser.version(),
    flags: spawned.filter((arg) => /gpu|vulkan|angle|dawn/i.test(arg)),
    versions: { eightfold: version, ...(withPeers ? peerVersions() : {}) },
    commit: commit(),
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}`,
    load: [load(), 0],
  };
}

/** Loads the contestants into a fresh page; tells why one can't be. */
async function enter(page: Page, modules: Record<string, string>): Promise<Record<string, string>> {
  await page.reload({ timeout: 0 });
  await page.waitForFunction('window.runCase');
  const absent: Record<string, string> = {};
  for (const [name, url] of Object.entries(modules)) {
    try {
      // as text: Vite rewrites an import() of a variable and loads its client for that
      const load = `import('${url}').then((m) => void contestants.push(m.contestant))`;
      await page.evaluate(load);
    } catch (error) {
      absent[name] = (error as Error).message;
    }
  }
  return absent;
}

/** Runs the cases, each in a fresh page, so that none inherits buffers or pipelines. */
async function runCases(chosen: Case[], options: Options): Promise<Report> {
  const say = (line: string) => process.stderr.write(`bench: ${line}\n`);
  const peers = options.peers ? await readyPeers(say) : {};
  const all = { [OURS]: '/bench/ours.ts', ...peers };
  const modules = Object.fromEntries(
    Object.entries(all).filter(([name]) => options.only.test(name)),
  );
  const bar = progress(chosen.map(({ name, cost }) => ({ name, cost })));
  const opened = await openPage('bench/page.ts', { expose: { tell: bar.tell } });
  try {
    await opened.page.waitForFunction('window.runCase');
    const header = await describe(opened, options.peers);
    const rows: Row[] = [];
    for (const { name } of chosen) {
      bar.begin(name);
      const absent = await enter(opened.page, modules);
      const { quick, variants = null } = options;
      const request = { case: name, absent, quick, variants };
      rows.push(...(await opened.page.evaluate((asked) => window.runCase(asked), request)));
    }
    bar.end();
    header.load[1] = load();
    return { schema: 1, header, rows: withRatios(rows) };
  } finally {
    await opened.close();
  }
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) return console.log(usage);
  const chosen = cases.filter(({ name }) => options.filter.test(name));
  if (chosen.length === 0) {
    const names = cases.map(({ name }) => `  ${name}`).join('\n');
    throw new Error(`--filter: no case matches ${options.filter}. There are:\n${names}`);
  }
  if (options.model) return console.log(await runModel(options));
  const report = await runCases(chosen, options);
  console.log(options.format === 'json' ? JSON.stringify(report, null, 2) : toTable(report));
  if (report.rows.some((row) => !row.check.ok)) process.exitCode = 1;
}

main().catch((error: Error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 2;
});
