import { type Choice, open, type Tuning } from '../../engine/index.ts';
import { build } from '../problems/kinds.ts';
import { OURS } from '../report.ts';
import type { Contestant, Forced } from '../types.ts';
import { generations } from './generation.ts';
import { kernels } from './kernels.ts';
import { moves } from './moves.ts';
import { samples } from './samples.ts';
import { trainings } from './training.ts';

/**
 * Eightfold, through its public surface, with some rows of the table of variants replaced, and the texts of
 * some kernels.
 */
function eightfold(name: string, rows: Tuning, texts: Record<string, string> = {}): Contestant {
  let choices: Choice[] = [];
  return {
    name,
    async open(tuning = {}) {
      choices = [];
      const gpu = await open({ tuning: merged(tuning, rows), texts });
      gpu.onChoice = (choice) => choices.push(choice);
    },
    prepare: async (problem, inputs) =>
      build({ ...kernels, ...moves, ...trainings, ...generations, ...samples }, problem, inputs),
    choices: () => distinct(choices),
  };
}

/** A table with other rows in the place of its own; `*` takes the place of all of a contract. */
function merged(tuning: Tuning, rows: Tuning): Tuning {
  const contracts = Object.entries(rows).map(([contract, buckets]) => [
    contract,
    '*' in buckets ? buckets : { ...tuning[contract], ...buckets },
  ]);
  return { ...tuning, ...Object.fromEntries(contracts) };
}

/** Each choice once: planning asks more than once. */
const distinct = (choices: readonly Choice[]): Choice[] => [
  ...new Map(choices.map((c) => [`${c.contract} ${c.bucket}`, c])).values(),
];

/** Eightfold with one variant, perhaps of another text than its file has. */
export function withVariant(name: string, forced: Forced, text?: string): Contestant {
  const { contract, bucket, variant } = forced;
  const texts = text === undefined ? {} : { [`${contract}/${variant}.wgsl`]: text };
  return { ...eightfold(name, { [contract]: { [bucket]: [variant] } }, texts), forced };
}

export const contestant: Contestant = {
  ...eightfold(OURS, {}),
  force: (variants) =>
    variants.map((forced) => {
      const { contract, bucket, variant } = forced;
      const name = `${contract}/${variant}${bucket === '*' ? '' : ` at ${bucket}`}`;
      return withVariant(name, forced);
    }),
};
