import type { Builders } from '../../problems/kinds.ts';
import type { Work } from '../../types.ts';
import { turned, working } from './working.ts';

/** Problems that move numbers more than they compute, where its operators run on the GPU. */
export const moves: Builders<Promise<Work> | null> = {
  conv1d({ batch, steps, cin, cout, size, dilation }, inputs) {
    const x = turned(inputs.x, [batch, steps, cin], [0, 2, 1]);
    const w = turned(inputs.w, [size, cin, cout], [2, 1, 0]);
    const attributes = {
      kernel_shape: [size],
      dilations: [dilation],
      pads: [(size - 1) * dilation, 0],
    };
    const graph = {
      nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'], attributes }],
      inputs: { x: [batch, cin, steps] },
      outputs: { y: [batch, cout, steps] },
      constants: { w: { data: w, shape: [cout, cin, size] } },
    };
    return working(graph, { x }, (y) => turned(y, [batch, cout, steps], [0, 2, 1]));
  },

  /** Each of its threads sums from the start of the row: a million squared would take hours. */
  cumsum({ rows, n }, inputs) {
    if (n > 65536) return null;
    const graph = {
      nodes: [{ op: 'CumSum', inputs: ['x', 'axis'], outputs: ['y'] }],
      inputs: { x: [rows, n] },
      outputs: { y: [rows, n] },
      constants: { axis: { data: BigInt64Array.of(1n), shape: [] } },
    };
    return working(graph, inputs);
  },

  transpose({ rows, columns }, inputs) {
    const nodes = [
      { op: 'Transpose', inputs: ['x'], outputs: ['y'], attributes: { perm: [1, 0] } },
    ];
    return working(
      { nodes, inputs: { x: [rows, columns] }, outputs: { y: [columns, rows] } },
      inputs,
    );
  },

  /** NCHW: inputs are turned before, results after, neither is timed. */
  pool({ name, batch, side, channels }, inputs) {
    const x = turned(inputs.x, [batch, side, side, channels], [0, 3, 1, 2]);
    const shape = [batch, channels, side / 2, side / 2];
    const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
    const op = name === 'max' ? 'MaxPool' : 'AveragePool';
    const graph = {
      nodes: [{ op, inputs: ['x'], outputs: ['y'], attributes }],
      inputs: { x: [batch, channels, side, side] },
      outputs: { y: shape },
    };
    return working(graph, { x }, (y) => turned(y, shape, [0, 2, 3, 1]));
  },
};
