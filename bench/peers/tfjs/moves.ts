import * as tf from '@tensorflow/tfjs';
import type { Builders } from '../../problems/kinds.ts';
import type { Work } from '../../types.ts';
import { upload, uploads, uploadWhole, working } from './working.ts';

/** Problems that move numbers more than they compute. */
export const moves: Builders<Work> = {
  /** Causal by zeros before: its own padding knows no such thing. */
  conv1d({ batch, steps, cin, cout, size, dilation }, inputs) {
    const { x, w } = uploads({ x: [batch, steps, cin], w: [size, cin, cout] }, inputs);
    const past = [(size - 1) * dilation, 0];
    return working(() => [
      tf.conv1d(tf.pad(x, [[0, 0], past, [0, 0]]), w, 1, 'valid', 'NWC', dilation),
    ]);
  },

  cumsum({ rows, n }, inputs) {
    const x = upload(inputs.x, [rows, n]);
    return working(() => [tf.cumsum(x, 1)]);
  },

  lookup({ entries, width, count, back }, inputs) {
    const x = upload(inputs.x, [back ? count : entries, width]);
    const at = uploadWhole(inputs.at, [count]);
    return working(() => [back ? tf.unsortedSegmentSum(x, at, entries) : tf.gather(x, at)]);
  },

  transpose({ rows, columns }, inputs) {
    const x = upload(inputs.x, [rows, columns]);
    return working(() => [tf.transpose(x)]);
  },

  pool({ name, batch, side, channels }, inputs) {
    const x = upload(inputs.x, [batch, side, side, channels]);
    const act = name === 'max' ? tf.maxPool : tf.avgPool;
    return working(() => [act(x, 2, 2, 'valid')]);
  },
};
