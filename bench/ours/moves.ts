import {
  avgPool2d,
  conv1d,
  cumsum,
  gather,
  maxPool2d,
  scatterAdd,
  transpose,
  variable,
} from '../../engine/index.ts';
import type { Builders } from '../problems/kinds.ts';
import type { Work } from '../types.ts';
import { variables, working } from './working.ts';

/** Problems that move numbers more than they compute. */
export const moves: Builders<Work> = {
  conv1d({ batch, steps, cin, cout, size, dilation }, inputs) {
    const { x, w } = variables({ x: [batch, steps, cin], w: [size, cin, cout] }, inputs);
    return working(() => [conv1d(x, w, { padding: 'causal', dilation })]);
  },

  cumsum({ rows, n }, inputs) {
    const x = variable(inputs.x, [rows, n]);
    return working(() => [cumsum(x, 1)]);
  },

  lookup({ entries, width, count, back }, inputs) {
    const x = variable(inputs.x, [back ? count : entries, width]);
    const at = variable(Uint32Array.from(inputs.at), [count]);
    return working(() => [back ? scatterAdd(x, at, entries) : gather(x, at)]);
  },

  transpose({ rows, columns }, inputs) {
    const x = variable(inputs.x, [rows, columns]);
    return working(() => [transpose(x)]);
  },

  pool({ name, batch, side, channels }, inputs) {
    const x = variable(inputs.x, [batch, side, side, channels]);
    const act = name === 'max' ? maxPool2d : avgPool2d;
    return working(() => [act(x, { size: 2, stride: 2 })]);
  },
};
