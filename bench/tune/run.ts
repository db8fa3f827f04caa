import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tuning } from '../../engine/index.ts';
import { adapterClass } from '../../engine/tuning.ts';
import type { Case } from '../cases.ts';
import { commit } from '../header.ts';
import type { Host } from '../host/host.ts';
import type { Options } from '../options.ts';
import { progress } from '../progress.ts';
import { OURS, withComparisons } from '../report.ts';
import { asked, openContestants, say } from '../session.ts';
import type { Row } from '../types.ts';
import { racesOf, ranked } from './table.ts';

/** A table with where it comes from. */
export interface TuningFile {
  schema: 1;
  /** Adapters that it holds for, as `adapterClass` names them. */
  adapterClass: string;
  date: string;
  commit: string;
  browser: string;
  tuning: Tuning;
}

const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../tuning/${name.replace(/\W+/g, '-')}.json`, import.meta.url));

/** Races the variants of all that the cases meet, ranks them and writes the table. */
export async function tune(chosen: readonly Case[], options: Options): Promise<number> {
  const bar = progress(chosen.map(({ name, cost }) => ({ name, cost })));
  const only = new RegExp(`^${OURS}$`);
  const host = await openContestants(
    { ...options, only, peers: false },
    { expose: { tell: bar.tell } },
  );
  try {
    const { adapter, browser } = await host.describe();
    let tuning: Tuning = {};
    const rows: Row[] = [];
    for (const one of chosen) {
      bar.begin(one.name);
      const found = await raceAll(host, one, options, tuning);
      tuning = ranked(tuning, found);
      rows.push(...found);
    }
    bar.end();
    const where = options.out ?? fileOf(adapterClass(adapter));
    const file: TuningFile = {
      schema: 1,
      adapterClass: adapterClass(adapter),
      date: new Date().toISOString(),
      commit: commit(),
      browser,
      tuning,
    };
    mkdirSync(dirname(where), { recursive: true });
    writeFileSync(where, `${JSON.stringify(file, null, 2)}\n`);
    tell(rows, tuning);
    say(`the table is in ${where}; --tuning uses it, and so does open({ tuning })`);
    return rows.some((row) => row.failed) ? 1 : 0;
  } finally {
    await host.close();
  }
}

/** A look at what the engine chooses, then the races of what it could have chosen. */
async function raceAll(host: Host, one: Case, options: Options, known: Tuning): Promise<Row[]> {
  const look = await host.run(one, { ...asked(options), quick: true, variants: null });
  const choices = look.rows.find((row) => row.contestant === OURS)?.choices ?? [];
  const rows: Row[] = look.rows.filter((row) => row.failed);
  for (const forced of racesOf(choices, known)) {
    const { rows: raced } = await host.run(one, { ...asked(options, forced), variants: null });
    rows.push(...withComparisons(raced));
  }
  return rows;
}

/** Says for each bucket which variant won, and what was wrong. */
function tell(rows: readonly Row[], tuning: Tuning): void {
  for (const row of rows)
    if (row.failed) console.log(`${row.case}, ${row.contestant}: ${row.failed}`);
  for (const [contract, buckets] of Object.entries(tuning)) {
    for (const [bucket, order] of Object.entries(buckets)) {
      const own = rows.filter((r) => r.variant?.startsWith(`${contract}/`) && r.bucket === bucket);
      const said = order.map((variant) => {
        const row = own.find((r) => r.variant === `${contract}/${variant}`);
        return `${variant} ${row?.ours?.ratio.toFixed(2)}x`;
      });
      console.log(`${contract} ${bucket}: ${said.join(', ')}`);
    }
  }
}
