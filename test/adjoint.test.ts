import { describe, expect, test } from 'vitest';
import {
  avgPool2d,
  conv1d,
  conv2d,
  convTranspose2d,
  grad,
  maskedConv2d,
  matmul,
  mul,
  resizeBilinear,
  resizeNearest,
  sqrt,
  sum,
  type Tensor,
  tensor,
} from '../engine/index.ts';
import { shared } from './open.ts';

// At the sizes of real layers, where the large kernels are chosen and a reference would take minutes:
// a function that is linear in each input has <f(x, w), g> = <x, dx> = <w, dw>, and the same holds
// for its gradients. A wrong index, tile or chunk in any kernel breaks one of the equalities.

const pattern = (shape: number[], seed: number): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + (i % 97) + seed));
  return tensor(data, shape);
};

const dot = (a: Tensor, b: Tensor): Tensor => sum(mul(a, b));

type Linear = (...inputs: Tensor[]) => Tensor;
const rows: [string, Linear, ...number[][]][] = [
  ['conv2d 3x3, 32 to 64 channels', pad1, [2, 28, 28, 32], [3, 3, 32, 64]],
  ['conv2d 3x3, 1 to 32', pad1, [4, 28, 28, 1], [3, 3, 1, 32]],
  ['conv2d 3x3, 32 to 1', pad1, [4, 28, 28, 32], [3, 3, 32, 1]],
  ['conv2d 3x3, 3 to 5', pad1, [4, 17, 13, 3], [3, 3, 3, 5]],
  ['conv2d 3x3, 20 to 12', pad1, [3, 11, 9, 20], [3, 3, 20, 12]],
  ['conv2d 3x3, 8 to 4', pad1, [3, 19, 9, 8], [3, 3, 8, 4]],
  ['conv2d 3x3, 48 to 40', pad1, [1, 9, 9, 48], [3, 3, 48, 40]],
  ['conv2d 4x4, stride 2', stride2, [2, 18, 15, 16], [4, 4, 16, 32]],
  ['conv2d 3x3, stride 3 by 2', stride3, [2, 19, 17, 12], [3, 3, 12, 24]],
  ['conv2d 3x3, stride 2, 3 channels', stride2, [2, 33, 31, 3], [3, 3, 3, 16]],
  ['conv2d, dilation 2 by 3', dilated, [2, 15, 17, 8], [3, 3, 8, 36]],
  ['conv2d, dilation 2, stride 2', both, [2, 21, 22, 8], [3, 3, 8, 16]],
  ['conv2d, 4 groups', grouped, [2, 16, 16, 16], [3, 3, 4, 32]],
  ['conv2d, depthwise', depthwise, [2, 19, 17, 24], [3, 3, 1, 24]],
  ['conv2d 1x1', (x, w) => conv2d(x, w), [2, 28, 28, 32], [1, 1, 32, 12]],
  ['convTranspose2d 4x4, stride 2', up2, [2, 7, 9, 24], [4, 4, 16, 24]],
  ['maskedConv2d 5x5 B, 32 to 64', (x, w) => masked(x, w, 'B'), [2, 14, 14, 32], [5, 5, 32, 64]],
  ['maskedConv2d 7x7 A, 1 to 36', (x, w) => masked(x, w, 'A'), [3, 17, 15, 1], [7, 7, 1, 36]],
  ['maskedConv2d 3x3 B, 36 to 60 RGB', rgb, [2, 12, 13, 36], [3, 3, 36, 60]],
  ['maskedConv2d 1x1 B, 24 to 96 RGB', rgb, [2, 12, 13, 24], [1, 1, 24, 96]],
  ['conv1d, causal', causal, [2, 257, 16], [3, 16, 32]],
  ['matmul, long k', (a, b) => matmul(a, b, { ta: true }), [8192, 16], [8192, 24]],
  ['matmul, odd', (a, b) => matmul(a, b), [67, 131], [131, 59]],
  ['matmul, odd, both transposed', transposed, [131, 67], [59, 131]],
  ['matmul, batches of heads', (a, b) => matmul(a, b, { tb: true }), [8, 64, 20], [8, 64, 20]],
  ['matmul, one b for all', (a, b) => matmul(a, b), [4, 33, 64], [64, 48]],
  ['avgPool2d', (x) => avgPool2d(x, { size: 3, stride: 2, padding: 1 }), [3, 28, 27, 12]],
  ['resizeNearest', (x) => resizeNearest(x, [31, 14]), [3, 14, 28, 8]],
  ['resizeBilinear', (x) => resizeBilinear(x, [28, 13]), [3, 14, 28, 8]],
];

function pad1(x: Tensor, w: Tensor) {
  return conv2d(x, w, { padding: 1 });
}
function stride2(x: Tensor, w: Tensor) {
  return conv2d(x, w, { stride: 2, padding: 1 });
}
function stride3(x: Tensor, w: Tensor) {
  return conv2d(x, w, { stride: [3, 2], padding: [1, 0] });
}
function dilated(x: Tensor, w: Tensor) {
  return conv2d(x, w, { dilation: [2, 3], padding: 'same' });
}
function both(x: Tensor, w: Tensor) {
  return conv2d(x, w, { dilation: 2, stride: 2, padding: 2 });
}
function grouped(x: Tensor, w: Tensor) {
  return conv2d(x, w, { groups: 4, padding: 1 });
}
function depthwise(x: Tensor, w: Tensor) {
  return conv2d(x, w, { groups: 24, padding: 'same', stride: 2 });
}
function up2(x: Tensor, w: Tensor) {
  return convTranspose2d(x, w, { stride: 2, padding: 1 });
}
function masked(x: Tensor, w: Tensor, type: 'A' | 'B') {
  return maskedConv2d(x, w, { type });
}
function rgb(x: Tensor, w: Tensor) {
  return maskedConv2d(x, w, { type: 'B', colours: 3 });
}
function causal(x: Tensor, w: Tensor) {
  return conv1d(x, w, { padding: 'causal', dilation: 4 });
}
function transposed(a: Tensor, b: Tensor) {
  return matmul(a, b, { ta: true, tb: true });
}

/** As large as a sum over the tensor could be, by Cauchy and Schwarz: what errors are measured by. */
const bound = (t: Tensor): Tensor => sqrt(mul(dot(t, t), t.size));

/** Pairs of numbers that must be equal, and the bound of the largest. */
function record(f: Linear, shapes: readonly number[][]): { pairs: Tensor[][]; bounds: Tensor[] } {
  const inputs = shapes.map((shape, i) => pattern(shape, i));
  const y = f(...inputs);
  const g = pattern([...y.shape], 7);
  const value = dot(y, g);
  const first = grad(value, inputs);
  const pairs = first.map((d, i) => [value, dot(inputs[i], d)]);
  for (const [i, d] of first.entries()) {
    // The gradient of <d, h> with respect to g is f at h in place of input i.
    const h = pattern([...shapes[i]], 11 + i);
    const moved = f(...inputs.map((x, j) => (j === i ? h : x)));
    const along = dot(d, h);
    pairs.push([along, dot(moved, g)], [along, dot(grad(along, [g])[0], g)]);
  }
  return { pairs, bounds: [y, ...first].map(bound) };
}

describe('what is linear agrees with its gradients', () => {
  test.each(rows)('%s', async (_, f, ...shapes) => {
    const gpu = await shared();
    const { pairs, bounds } = gpu.step(() => record(f, shapes))();
    const most = 1e-6 * Math.max(...(await Promise.all(bounds.map((t) => t.item()))));
    for (const pair of pairs) {
      const [a, b] = await Promise.all(pair.map((t) => t.item()));
      expect(Math.abs(a - b), `${a} and ${b}`).toBeLessThan(most);
    }
  });
});
