import type { Builders } from '../../problems/kinds.ts';
import { EPSILON } from '../../problems/layer_norm.ts';
import { shapesOf } from '../../problems/matmul.ts';
import type { Work } from '../../types.ts';
import { turned, working } from './working.ts';

/** Every problem that has an operator and no gradient. */
export const kernels: Builders<Promise<Work> | null> = {
  matmul(problem, inputs) {
    const { a, b, c } = shapesOf(problem);
    const nodes = [{ op: 'MatMul', inputs: ['a', 'b'], outputs: ['c'] }];
    return working({ nodes, inputs: { a, b }, outputs: { c } }, inputs);
  },

  /** NCHW and OIHW: inputs are turned before, results after, neither is timed. The filter is constant. */
  conv({ batch, height, width, cin, cout, size, backward }, inputs) {
    if (backward) return null;
    const x = turned(inputs.x, [batch, height, width, cin], [0, 3, 1, 2]);
    const w = turned(inputs.w, [size, size, cin, cout], [3, 2, 0, 1]);
    const attributes = { auto_pad: 'SAME_UPPER', kernel_shape: [size, size] };
    const graph = {
      nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'], attributes }],
      inputs: { x: [batch, cin, height, width] },
      outputs: { y: [batch, cout, height, width] },
      constants: { w: { data: w, shape: [cout, cin, size, size] } },
    };
    return working(graph, { x }, (y) => turned(y, [batch, cout, height, width], [0, 2, 3, 1]));
  },

  softmax({ rows, n }, inputs) {
    const nodes = [{ op: 'Softmax', inputs: ['x'], outputs: ['y'] }];
    return working({ nodes, inputs: { x: [rows, n] }, outputs: { y: [rows, n] } }, inputs);
  },

  layerNorm({ rows, n }, inputs) {
    const attributes = { axis: 1, epsilon: { float: EPSILON } };
    const graph = {
      nodes: [
        {
          op: 'LayerNormalization',
          inputs: ['x', 'scale', 'shift'],
          outputs: ['y'],
          attributes,
        },
      ],
      inputs: { x: [rows, n] },
      outputs: { y: [rows, n] },
      constants: {
        scale: { data: inputs.scale, shape: [n] },
        shift: { data: inputs.shift, shape: [n] },
      },
    };
    return working(graph, inputs);
  },

  reduce({ fold, rows, columns, axis }, inputs) {
    const op = { sum: 'ReduceSum', mean: 'ReduceMean', max: 'ReduceMax' }[fold];
    const axes = BigInt64Array.from(axis === 'full' ? [0n, 1n] : [BigInt(axis)]);
    const y = { full: [], 0: [columns], 1: [rows] }[axis];
    const graph = {
      nodes: [{ op, inputs: ['x', 'axes'], outputs: ['y'], attributes: { keepdims: 0 } }],
      inputs: { x: [rows, columns] },
      outputs: { y },
      constants: { axes: { data: axes, shape: [axes.length] } },
    };
    return working(graph, inputs);
  },

  pointwise({ name, n }, inputs) {
    if (name === 'x·y+z') {
      const nodes = [
        { op: 'Mul', inputs: ['x', 'y'], outputs: ['product'] },
        { op: 'Add', inputs: ['product', 'z'], outputs: ['sum'] },
      ];
      return working({ nodes, inputs: { x: [n], y: [n], z: [n] }, outputs: { sum: [n] } }, inputs);
    }
    const op = name === 'gelu' ? 'Gelu' : 'Tanh';
    const nodes = [{ op, inputs: ['x'], outputs: ['y'] }];
    return working({ nodes, inputs: { x: [n] }, outputs: { y: [n] } }, inputs);
  },

  /** Microsoft's operator wants [B, T, h d]: turned before and back after. The mask is added, constant. */
  attention({ batch, heads, steps, depth, backward }, inputs) {
    if (backward) return null;
    const wide = [batch, steps, heads * depth];
    const put = (x: Float32Array) => turned(x, [batch, heads, steps, depth], [0, 2, 1, 3]);
    const mask = new Float32Array(steps * steps);
    for (let i = 0; i < mask.length; i++) if (i % steps > Math.floor(i / steps)) mask[i] = -1e9;
    const graph = {
      nodes: [
        {
          op: 'MultiHeadAttention',
          domain: 'com.microsoft',
          inputs: ['q', 'k', 'v', '', '', 'mask'],
          outputs: ['y'],
          attributes: { num_heads: heads },
        },
      ],
      inputs: { q: wide, k: wide, v: wide },
      outputs: { y: wide },
      constants: { mask: { data: mask, shape: [1, 1, steps, steps] } },
    };
    const { q, k, v } = inputs;
    return working(graph, { q: put(q), k: put(k), v: put(v) }, (y) =>
      turned(y, [batch, steps, heads, depth], [0, 2, 1, 3]),
    );
  },
};
