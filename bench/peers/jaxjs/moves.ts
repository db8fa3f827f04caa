import * as jax from '@jax-js/jax';
import type { Builders } from '../../problems/kinds.ts';
import type { Work } from '../../types.ts';
import { readTurned, turned, upload, type Value, working } from './working.ts';

const { numpy: np, lax, jit } = jax;

/** Problems that move numbers more than they compute, but for lookups: not of traced indices. */
export const moves: Builders<Promise<Work>> = {
  async conv1d({ batch, steps, cin, cout, size, dilation }, inputs) {
    const x = await turned(inputs.x, [batch, steps, cin], [0, 2, 1]);
    const w = await turned(inputs.w, [size, cin, cout], [2, 1, 0]);
    const past = [[(size - 1) * dilation, 0]];
    const f = jit((x: Value, w: Value) =>
      lax.convGeneralDilated(x, w, [1], past, { rhsDilation: [dilation] }),
    );
    return working(() => [f(x.ref, w.ref)], readTurned([[0, 2, 1]]));
  },

  async cumsum({ rows, n }, inputs) {
    const x = await upload(inputs.x, [rows, n]);
    const f = jit((x: Value) => np.cumsum(x, 1));
    return working(() => [f(x.ref)]);
  },

  async transpose({ rows, columns }, inputs) {
    const x = await upload(inputs.x, [rows, columns]);
    const f = jit((x: Value) => np.transpose(x));
    return working(() => [f(x.ref)]);
  },
};
