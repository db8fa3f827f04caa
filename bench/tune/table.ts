import type { Choice, Tuning } from '../../engine/index.ts';
import type { Forced, Row } from '../types.ts';

/** Races that fit a page at once: each variant has a device of its own. */
const AT_ONCE = 12;

/**
 * The variants to race for what the engine chose, in groups that fit a page; those of one bucket
 * stay together. Buckets that only one variant fits, or that are `known`, need no race.
 */
export function racesOf(choices: readonly Choice[], known: Tuning): Forced[][] {
  const races: Forced[][] = [];
  for (const { contract, bucket, applicable } of choices) {
    if (applicable.length < 2 || known[contract]?.[bucket]) continue;
    const own = applicable.map((variant) => ({ contract, bucket, variant }));
    const last = races.at(-1);
    if (last && last.length + own.length <= AT_ONCE) last.push(...own);
    else races.push(own);
  }
  return races;
}

/**
 * Adds to a table what rows say: the variants of each bucket, fastest first, by their speed-up over
 * the engine's own choice, which ran in the same rounds. Variants that failed are left out.
 */
export function ranked(table: Tuning, rows: readonly Row[]): Tuning {
  const timed = rows.filter((row) => row.variant && row.bucket && row.ours && !row.failed);
  const sorted = [...timed].sort((a, b) => (b.ours?.ratio ?? 0) - (a.ours?.ratio ?? 0));
  const result: Record<string, Record<string, string[]>> = {};
  for (const { variant, bucket } of sorted) {
    const [contract, name] = (variant as string).split('/');
    result[contract] ??= {};
    result[contract][bucket as string] ??= [];
    result[contract][bucket as string].push(name);
  }
  const contracts = Object.entries(result).map(([contract, buckets]) => [
    contract,
    { ...table[contract], ...buckets },
  ]);
  return { ...table, ...Object.fromEntries(contracts) };
}
