import { compareWith } from '../models/uses/outliers.ts';
import { compress, decompress } from './compressing.ts';
import { trainFeatures } from './featuring.ts';
import { evaluation } from './evaluation.ts';
import { floors } from './floors.ts';
import { gaussians } from './gaussians.ts';
import type { Answer, Jobs, RunEvent } from './jobs.ts';
import { contest, cost, floor } from './contest.ts';
import { experiments } from './experiment/experiments.ts';
import { measure, soak } from './measuring.ts';
import { sample } from './sampling.ts';
import { openTraining, stop, train } from './training.ts';

declare global {
  /** Given by Node: deals with an event. */
  var emitEvent: (event: RunEvent) => Promise<void>;
  var runJob: typeof run;
  var stopJob: typeof stop;
}

const jobs: { [J in keyof Jobs]: (input: Jobs[J]['input']) => Promise<Jobs[J]['output']> } = {
  train: (input) => train(input, globalThis.emitEvent),
  sample: (input) => sample(input, globalThis.emitEvent),
  compress,
  decompress,
  ood: async (input) => compareWith(await openTraining(input), input.other, input.count),
  features: (input) => trainFeatures(input, globalThis.emitEvent),
  floors,
  gaussians,
  evaluation,
  cost,
  floor: ({ data }) => floor(data),
  contest: (input) => contest(input, globalThis.emitEvent),
  experiment: ({ name }) => experiments[name](globalThis.emitEvent),
  measure: (input) => measure(input, globalThis.emitEvent),
  soak: (input) => soak(input, globalThis.emitEvent),
};

async function run<J extends keyof Jobs>(
  job: J,
  input: Jobs[J]['input'],
): Promise<Answer<Jobs[J]['output']>> {
  try {
    return { value: await jobs[job](input) };
  } catch (error) {
    const { message, stack, kind } = error as Error & { kind?: string };
    return { error: { kind: kind ?? 'unknown', message, stack: stack ?? '' } };
  }
}

globalThis.runJob = run;
globalThis.stopJob = stop;
