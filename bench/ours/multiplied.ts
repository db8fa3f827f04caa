import { conv2d, mul, open, variable, vjp } from '../../engine/index.ts';
import { type Masked, maskOf } from '../problems/masked.ts';
import type { Contestant, Inputs, Work } from '../types.ts';
import { variables, working } from './working.ts';

/** A masked convolution as it is written where there is none: of a filter times its mask. */
function multiplied(problem: Masked, inputs: Inputs): Work {
  const { batch, height, width, cin, cout, size, backward } = problem;
  const filter = [size, size, cin, cout];
  const mask = variable(maskOf(problem), filter);
  const { x, w, g } = variables(
    { x: [batch, height, width, cin], w: filter, g: [batch, height, width, cout] },
    inputs,
  );
  return working(() => {
    const y = conv2d(x, mul(w, mask), { padding: 'same' });
    return backward ? [y, ...vjp(y, [x, w], g)] : [y];
  });
}

/** Eightfold without its masked convolution: what that is measured against. */
export const contestant: Contestant = {
  name: 'multiply-by-mask',
  async open(tuning) {
    await open({ tuning });
  },
  prepare: async (problem, inputs) =>
    problem.kind === 'masked' ? multiplied(problem, inputs) : null,
};
