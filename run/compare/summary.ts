import { catalog } from '../../models/catalog.ts';
import type { ContestOutput, CostOutput, SampledImages } from '../jobs.ts';
import { type Spread, spreadOf } from '../spread.ts';
import { type Budget, stepsWithin } from './budget.ts';
import type { Contestant } from './roster.ts';

/** A contestant with what its training costs and what its runs came to, those of its seeds in order. */
export interface Contested {
  contestant: Contestant;
  cost: CostOutput;
  runs: readonly ContestOutput[];
}

/** A line of the table. Spreads are over the seeds that did not diverge; null where there is no number. */
export interface Line extends Pick<Contestant, 'name' | 'title' | 'pixels' | 'likelihood'> {
  family: string;
  nll: Spread | null;
  classifierScore: Spread | null;
  frechet: Spread | null;
  precision: Spread | null;
  recall: Spread | null;
  density: Spread | null;
  coverage: Spread | null;
  passes: number | null;
  /** That the times are of: where a line's runs are of several, those of one. */
  adapter: string;
  sampleMs: Spread | null;
  stepMs: Spread | null;
  steps: number;
  rows: number;
  parameters: number;
  gflop: number;
  megabytes: number;
  seeds: number;
  diverged: number;
  /** The first samples of the first seed that did not diverge, bytes as base64; null when all did. */
  images: string | null;
}

/** All of a comparison: what its tables, pictures and files are made of. */
export interface Comparison {
  data: string;
  seeds: readonly number[];
  budget: Budget;
  adapters: readonly string[];
  /** Images of each that were compared. */
  compared: number;
  floor: SampledImages;
  lines: readonly Line[];
}

/** Puts runs together to a comparison. */
export function summarise(
  { data, seeds, budget }: Pick<Comparison, 'data' | 'seeds' | 'budget'>,
  floor: SampledImages,
  contested: readonly Contested[],
): Comparison {
  const adapters = new Set(contested.flatMap(({ runs }) => runs.map((run) => run.adapter)));
  const lines = contested.map((each) => lineOf(each, budget));
  return { data, seeds, budget, adapters: [...adapters], compared: floor.count, floor, lines };
}

function lineOf({ contestant, cost, runs }: Contested, budget: Budget): Line {
  const { name, title, pixels, likelihood, model } = contestant;
  const steps = stepsWithin(budget, cost);
  const done = runs.filter((run) => run.diverged === null);
  const over = (of: (run: ContestOutput) => number | null | undefined) => {
    const values = done.map(of).filter((v): v is number => typeof v === 'number');
    return values.length ? spreadOf(values) : null;
  };
  const adapter = (done[0] ?? runs[0]).adapter;
  const timed = (of: (run: ContestOutput) => number | undefined) =>
    over((run) => (run.adapter === adapter ? of(run) : null));
  const quality = (metric: string) => over(({ sampled }) => sampled?.quality[metric]);
  const { metric } = likelihood;
  return {
    ...{ name, title, pixels, likelihood, family: catalog[model].family },
    nll: metric === undefined ? null : over(({ test }) => test[metric]),
    classifierScore: quality('classifierScore'),
    frechet: quality('frechet'),
    precision: quality('precision'),
    recall: quality('recall'),
    density: quality('density'),
    coverage: quality('coverage'),
    passes: done[0]?.sampled?.passes ?? null,
    adapter,
    sampleMs: timed(({ sampled }) => sampled?.sampleMs),
    stepMs: timed(({ seconds }) => (1000 * seconds) / steps),
    steps,
    rows: cost.rows,
    parameters: cost.parameters,
    gflop: (steps * cost.flops) / 1e9,
    megabytes: cost.bytes / 2 ** 20,
    seeds: runs.length,
    diverged: runs.length - done.length,
    images: done[0]?.sampled?.images ?? null,
  };
}
