import { beforeAll, describe, expect, test } from 'vitest';
import {
  abs,
  add,
  clamp,
  exp,
  type Gpu,
  grad,
  hvp,
  jvp,
  matmul,
  max,
  maximum,
  mean,
  min,
  minimum,
  mul,
  relu,
  reshape,
  sin,
  square,
  stopGradient,
  sum,
  tanh,
  type Tensor,
  tensor,
  topK,
  valueAndGrad,
  variable,
  vjp,
} from '../engine/index.ts';
import { upload } from './check.ts';
import { normal } from './inputs.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready();
});

const numbers = async (t: Tensor): Promise<number[]> => Array.from(await t.data());

/** The gradient of the sum of f at the given numbers. */
async function slope(f: (x: Tensor) => Tensor, ...at: number[]): Promise<number[]> {
  const x = tensor(at);
  return numbers(grad(sum(f(x)), [x])[0]);
}

describe('gradients at ties and kinks', () => {
  const rows: [string, (x: Tensor) => Tensor, number[], number[]][] = [
    ['relu at 0', relu, [0, -0, 1], [0, 0, 1]],
    ['abs at 0', abs, [0, -2, 3], [0, -1, 1]],
    ['max goes to the first', (x) => max(x), [1, 5, 5], [0, 1, 0]],
    ['min goes to the first', (x) => min(x), [2, 2, 5], [1, 0, 0]],
    ['topK goes to the first', (x) => topK(x, 1).values, [3, 3, 1], [1, 0, 0]],
    ['maximum goes to its first argument', (x) => maximum(x, mul(x, 1)), [1, 2], [1, 1]],
    ['maximum at a tie', (x) => maximum(mul(x, 2), add(x, 1)), [1], [2]],
    ['minimum at a tie', (x) => minimum(mul(x, 2), add(x, 1)), [1], [2]],
    ['clamp on its limits', (x) => clamp(x, -1, 1), [-1, 0, 1, 2], [1, 1, 1, 0]],
  ];
  test.each(rows)('%s', async (_, f, at, want) => {
    expect((await slope(f, ...at)).map((v) => v + 0)).toEqual(want);
  });
});

describe('grad', () => {
  test('is zero for what y does not depend on', async () => {
    const [x, z] = [tensor([1, 2]), tensor([[3], [4]])];
    const [gx, gz] = grad(sum(square(x)), [x, z]);
    expect([gz.shape, await numbers(gz), await numbers(gx)]).toEqual([
      [2, 1],
      [0, 0],
      [2, 4],
    ]);
  });

  test('adds what comes back along several ways', async () => {
    expect(await slope((x) => add(mul(x, x), mul(3, x)), 2, 5)).toEqual([7, 13]);
  });

  test('stops at stopGradient', async () => {
    expect(await slope((x) => mul(x, stopGradient(square(x))), 3)).toEqual([9]);
  });

  test('of a variable', async () => {
    using w = variable([2, 3], [2]);
    const step = gpu.step(() => grad(sum(square(w)), [w])[0]);
    expect(await numbers(step())).toEqual([4, 6]);
  });

  test('of a value on the way', async () => {
    const x = tensor([2]);
    const y = square(x);
    const [gy, gx] = grad(sum(mul(y, 3)), [y, x]);
    expect([await gy.item(), await gx.item()]).toEqual([3, 12]);
  });

  test('of y for itself is 1', async () => {
    const y = sum(tensor([1, 2]));
    expect(await grad(y, [y])[0].item()).toBe(1);
  });

  test('four times of sin is sin', async () => {
    const x = tensor([0.3, 1.1]);
    let y = sin(x);
    for (let i = 0; i < 4; i++) y = grad(sum(y), [x])[0];
    (await numbers(y)).forEach((v, i) => {
      expect(v).toBeCloseTo(Math.sin([0.3, 1.1][i]), 6);
    });
  });

  test('valueAndGrad', async () => {
    const x = tensor([1, 2, 3]);
    const { value, grads } = valueAndGrad(() => mean(square(x)), [x]);
    expect(await value.item()).toBeCloseTo(14 / 3, 6);
    expect(await numbers(grads[0])).toEqual([2 / 3, 4 / 3, 2].map(Math.fround));
  });
});

describe('products with Jacobians', () => {
  const w = normal([3, 4]);
  const [x0, v0, u0] = [normal([3]), normal([3]), normal([4])];
  const f = (x: Tensor) => tanh(matmul(reshape(x, [1, 3]), upload(w)));

  test('⟨u, jvp(v)⟩ = ⟨vjp(u), v⟩', async () => {
    const [x, v, u] = [x0, v0, u0].map(upload);
    const y = f(x);
    const forward = await sum(mul(u, jvp(y, [x], [v]))).item();
    const backward = await sum(mul(v, vjp(y, [x], reshape(u, [1, 4]))[0])).item();
    expect(forward).toBeCloseTo(backward, 5);
  });

  test('hvp of Σ exp(a·x) with a ones is the sum of v', async () => {
    const [x, v] = [tensor([0, 0, 0]), tensor([1, 2, 4])];
    expect(await numbers(hvp(exp(sum(x)), [x], [v])[0])).toEqual([7, 7, 7]);
  });

  test('hvp is symmetric', async () => {
    const x = upload(x0);
    const [v, u] = [upload(v0), upload(normal([3]))];
    const y = sum(square(f(x)));
    const left = await sum(mul(u, hvp(y, [x], [v])[0])).item();
    const right = await sum(mul(v, hvp(y, [x], [u])[0])).item();
    expect(left).toBeCloseTo(right, 4);
  });
});
