import { conv2d, matmul, mul, open, variable, vjp } from '../../engine/index.ts';
import { build, type Builders } from '../problems/kinds.ts';
import { maskOf } from '../problems/masked.ts';
import { layerMaskOf } from '../problems/masked_layer.ts';
import type { Contestant, Work } from '../types.ts';
import { variables, working } from './working.ts';

/** Masked layers as they are written where there are none: of weights times their mask. */
const multiplied: Builders<Work> = {
  masked(problem, inputs) {
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
  },

  maskedLayer(problem, inputs) {
    const { m, n, k, backward } = problem;
    const mask = variable(layerMaskOf(problem), [k, n]);
    const { x, w, g } = variables({ x: [m, k], w: [k, n], g: [m, n] }, inputs);
    return working(() => {
      const y = matmul(x, mul(w, mask));
      return backward ? [y, ...vjp(y, [x, w], g)] : [y];
    });
  },
};

/** Eightfold without its masked layers: what those are measured against. */
export const contestant: Contestant = {
  name: 'multiply-by-mask',
  async open(tuning) {
    await open({ tuning });
  },
  prepare: async (problem, inputs) => build(multiplied, problem, inputs),
};
