import { readFileSync } from 'node:fs';
import type { Tuning } from '../engine/index.ts';
import type { PageOptions } from '../tools/browser.ts';
import type { Case } from './cases.ts';
import { DUMP_FLAG, dumpListener, writeDump } from './dump.ts';
import { describe, load } from './header.ts';
import { openHost } from './host/browser.ts';
import { openDawn } from './host/dawn.ts';
import type { Host } from './host/host.ts';
import { occupancyOf } from './occupancy.ts';
import { type Options, UsageError } from './options.ts';
import { readyPeers } from './peers.ts';
import { progress } from './progress.ts';
import { OURS, withComparisons } from './report.ts';
import { aboveRoof, higher, withRoofs } from './roofs/roofline.ts';
import type { Forced, Report, Roofs, Row } from './types.ts';

/** A line for people on stderr. */
export const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`);

/** Reads the table that `--tune` wrote. */
function readTuning(file: string): Tuning {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { tuning: Tuning }).tuning;
  } catch (error) {
    const { message } = error as Error;
    throw new UsageError(`--tuning ${file}: ${message}. --tune writes such a file.`);
  }
}

/** How the browser of a run is opened. */
export function pageOptions(options: Options): PageOptions {
  const { browserUrl, pageUrl, host, port } = options;
  return { browserUrl, pageUrl, serve: { host, port } };
}

/** The modules of our own contestants. */
const own = {
  [OURS]: '/bench/ours/contestant.ts',
  'multiply-by-mask': '/bench/ours/multiplied.ts',
  'full recomputation': '/bench/ours/recomputed.ts',
  'plain JavaScript': '/bench/ours/plain.ts',
};

/** Opens a browser with the contestants that are asked for, or Node with those of ours. */
export async function openContestants(options: Options, more: PageOptions): Promise<Host> {
  const peers = options.peers && !options.node ? await readyPeers(say) : {};
  const all = Object.entries({ ...own, ...peers });
  const modules = Object.fromEntries(all.filter(([name]) => options.only.test(name)));
  if (!options.node) return openHost(modules, { ...pageOptions(options), ...more });
  return openDawn(Object.values(modules), more.expose?.tell, dawnFeatures(more.args));
}

/** Dawn's toggles among the flags of a browser. */
const dawnFeatures = (flags: readonly string[] = []): string[] =>
  flags.flatMap((flag) => /^--enable-dawn-features=(.*)$/.exec(flag)?.[1].split(',') ?? []);

/** What all cases of a run are asked with. */
export function asked(options: Options, forced: Forced[] = []) {
  const { quick, budget, profile, variants = null } = options;
  const tuning = options.tuning ? readTuning(options.tuning) : undefined;
  return { quick, budget, profile, variants, tuning, forced };
}

/** A browser without bounds checks, to see what they cost. */
const openUnchecked = (options: Options, more: PageOptions) =>
  openContestants(options, { ...more, args: ['--enable-dawn-features=disable_robustness'] });

/**
 * Runs the cases, each in a fresh page, between two calibrations of the adapter.
 * @param keep takes the report so far after each case, so that nothing is lost of a run that is stopped
 * @throws Error when no browser or no adapter is there
 */
export async function runCases(
  chosen: readonly Case[],
  options: Options,
  keep: (report: Report) => void = () => {},
): Promise<Report> {
  const request = asked(options);
  const bar = progress(chosen.map(({ name, cost }) => ({ name, cost })));
  const expose = { tell: bar.tell };
  const dump = options.dump ? dumpListener() : null;
  const listen = dump ? { args: [DUMP_FLAG], onConsole: dump.onConsole } : {};
  const host = await openContestants(options, { expose, ...listen });
  const unchecked = options.robustness ? await openUnchecked(options, { expose }) : null;
  try {
    const roofs = options.quick ? null : await host.calibrate();
    const header = await describe(host, options.peers, roofs);
    const rows: Row[] = [];
    for (const one of chosen) {
      bar.begin(one.name);
      dump?.take();
      const { rows: found, shaders } = await host.run(one, request);
      const bare = unchecked ? (await unchecked.run(one, request)).rows : [];
      rows.push(
        ...found.map((row) =>
          taxed({ ...row, occupancy: occupancyOf(shaders[row.contestant] ?? []) }, bare),
        ),
      );
      if (options.dump) {
        const files = writeDump(options.dump, one.name, shaders, dump?.take() ?? []);
        say(`${one.name}: ${files} files in ${options.dump}`);
      }
      keep({ schema: 2, header, rows: finished(rows, roofs) });
    }
    bar.end();
    header.load[1] = load();
    header.roofs = await settledRoofs(rows, roofs, host);
    return { schema: 2, header, rows: finished(rows, header.roofs) };
  } finally {
    await unchecked?.close();
    await host.close();
  }
}

/** A row with what bounds checks cost it: its median over that of the same row without them. */
function taxed(row: Row, bare: readonly Row[]): Row {
  const same = bare.find((r) => r.contestant === row.contestant && !r.failed);
  if (!same || row.failed) return row;
  return { ...row, robustness_tax: row.median_ms / same.median_ms };
}

/** Where a row is above the roof the adapter is measured again: the first time it may have been busy. */
async function settledRoofs(rows: readonly Row[], roofs: Roofs | null, host: Host) {
  let known = roofs;
  for (let i = 0; i < 2 && known && rows.some((row) => aboveRoof(row, known as Roofs)); i++) {
    known = higher(known, await host.calibrate());
  }
  return known;
}

/** Rows with all that takes the whole run: comparisons, roofs, and who can't be true. */
function finished(rows: readonly Row[], roofs: Roofs | null): Row[] {
  if (!roofs) return withComparisons(rows);
  const possible = rows.map((row): Row => {
    const why = aboveRoof(row, roofs);
    return why ? { ...row, failed: why } : row;
  });
  return withRoofs(withComparisons(possible), roofs);
}
