import { type Choice, open, type Tuning } from '../../engine/index.ts';
import { build } from '../problems/kinds.ts';
import { OURS } from '../report.ts';
import type { Contestant } from '../types.ts';
import { kernels } from './kernels.ts';
import { trainings } from './training.ts';

/** Eightfold, through its public surface; with a table of its own when it is given one. */
function eightfold(name: string, tuning: Tuning, tell?: (choice: Choice) => void): Contestant {
  return {
    name,
    async open() {
      const gpu = await open({ tuning });
      gpu.onChoice = tell ?? null;
    },
    prepare: async (problem, inputs) => build({ ...kernels, ...trainings }, problem, inputs),
  };
}

const choices: Choice[] = [];

export const contestant: Contestant = {
  ...eightfold(OURS, {}, (choice) => choices.push(choice)),
  /** The engine with one variant forced, for each that could have been chosen in what has run. */
  variants(wanted) {
    const names = choices
      .filter(({ contract }) => wanted.test(contract))
      .flatMap(({ contract, applicable }) => applicable.map((v) => `${contract}/${v}`));
    return [...new Set(names)].map((name) => {
      const [contract, variant] = name.split('/');
      return eightfold(name, { [contract]: { '*': [variant] } });
    });
  },
};
