import {
  add,
  attention,
  conv2d,
  convTranspose2d,
  gelu,
  grad,
  layerNorm,
  logAbsDet,
  maskedConv2d,
  maskedMatmul,
  matmul,
  max,
  mean,
  mul,
  relu,
  softmax,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  variable,
  vjp,
} from '../../engine/index.ts';
import { degreesOf } from '../problems/masked_layer.ts';
import { shapesOf } from '../problems/matmul.ts';
import type { Builders } from '../problems/kinds.ts';
import type { Work } from '../types.ts';
import { variables, working } from './working.ts';

/** Every problem that is a kernel or a few, through the engine's public surface. */
export const kernels: Builders<Work> = {
  matmul(problem, inputs) {
    const { a, b } = variables({ a: shapesOf(problem).a, b: shapesOf(problem).b }, inputs);
    return working(() => [matmul(a, b)]);
  },

  conv({ batch, height, width, cin, cout, size, backward }, inputs) {
    const x = variable(inputs.x, [batch, height, width, cin]);
    const w = variable(inputs.w, [size, size, cin, cout]);
    const g = variable(inputs.g, [batch, height, width, cout]);
    return working(() => {
      const y = conv2d(x, w, { padding: 'same' });
      return backward ? [y, ...vjp(y, [x, w], g)] : [y];
    });
  },

  masked({ batch, height, width, cin, cout, size, type, colours, backward }, inputs) {
    const { x, w, g } = variables(
      {
        x: [batch, height, width, cin],
        w: [size, size, cin, cout],
        g: [batch, height, width, cout],
      },
      inputs,
    );
    return working(() => {
      const y = maskedConv2d(x, w, { type, colours });
      return backward ? [y, ...vjp(y, [x, w], g)] : [y];
    });
  },

  maskedLayer(problem, inputs) {
    const { m, n, k, backward } = problem;
    const { x, w, g } = variables({ x: [m, k], w: [k, n], g: [m, n] }, inputs);
    const degrees = degreesOf(problem);
    const [from, to] = [variable(degrees.from), variable(degrees.to)];
    return working(() => {
      const y = maskedMatmul(x, w, { from, to });
      return backward ? [y, ...vjp(y, [x, w], g)] : [y];
    });
  },

  softmax({ rows, n }, inputs) {
    const x = variable(inputs.x, [rows, n]);
    return working(() => [softmax(x)]);
  },

  layerNorm({ rows, n }, inputs) {
    const { x, scale, shift } = variables({ x: [rows, n], scale: [n], shift: [n] }, inputs);
    return working(() => [layerNorm(x, scale, shift)]);
  },

  reduce({ fold, rows, columns, axis }, inputs) {
    const x = variable(inputs.x, [rows, columns]);
    const act = { sum, mean, max }[fold];
    return working(() => [axis === 'full' ? act(x) : act(x, axis)]);
  },

  pointwise({ name, n }, inputs) {
    const x = variable(inputs.x, [n]);
    if (name === 'gelu') return working(() => [gelu(x)]);
    if (name === 'tanh') return working(() => [tanh(x)]);
    const { y, z } = variables({ y: [n], z: [n] }, inputs);
    return working(() => [add(mul(x, y), z)]);
  },

  attention({ batch, heads, steps, depth, backward }, inputs) {
    const shape = [batch, heads, steps, depth];
    const { q, k, v, g } = variables({ q: shape, k: shape, v: shape, g: shape }, inputs);
    return working(() => {
      const y = attention(q, k, v, { causal: true });
      return backward ? [y, ...vjp(y, [q, k, v], g)] : [y];
    });
  },

  logDet({ batch, n }, inputs) {
    const a = variable(inputs.a, [batch, n, n]);
    return working(() => {
      const y = logAbsDet(a);
      return [y, ...vjp(y, [a], 1)];
    });
  },

  convTranspose({ batch, side, cin, cout, size, stride }, inputs) {
    const shapes = { x: [batch, side, side, cin], w: [size, size, cout, cin] };
    const { x, w } = variables(shapes, inputs);
    return working(() => [convTranspose2d(x, w, { stride, padding: 'same' })]);
  },

  penalty({ batch, inputs: n, hidden }, inputs) {
    const { x, w, v } = variables({ x: [batch, n], w: [n, hidden], v: [hidden, 1] }, inputs);
    return working(() => {
      const [slope] = grad(sum(matmul(tanh(matmul(x, w)), v)), [x]);
      const y = mul(sum(square(slope)), 1 / batch);
      return [y, ...grad(y, [w, v])];
    });
  },

  /** A long graph on an [8, 8] tensor, so that only JS counts. */
  host({ ops, mix }, inputs) {
    const { x, w, b } = variables({ x: [8, 8], w: [8, 8], b: [8] }, inputs);
    const pointwise = [
      (h: Tensor) => mul(h, w),
      (h: Tensor) => add(h, b),
      (h: Tensor) => relu(h),
      (h: Tensor) => sub(h, 0.5),
    ];
    const mixed = [
      (h: Tensor) => matmul(h, w),
      (h: Tensor) => add(h, b),
      (h: Tensor) => relu(h),
      (h: Tensor) => softmax(h),
    ];
    const chain = mix === 'pointwise' ? pointwise : mixed;
    return working(() => {
      let h = mul(x, 1);
      for (let i = 1; i < ops; i++) h = chain[i % chain.length](h);
      return [h];
    });
  },
};
