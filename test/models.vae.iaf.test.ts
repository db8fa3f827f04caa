import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Gpu,
  grad,
  logAbsDet,
  normal,
  slice,
  stack,
  sum,
  type Tensor,
  tensor,
} from '../engine/index.ts';
import { iaf } from '../models/vae/iaf.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const [BATCH, SIZE, CONTEXT] = [17, 5, 3];
const inputs = async () =>
  [
    tensor(await floats(normal([BATCH, SIZE])), [BATCH, SIZE]),
    tensor(await floats(normal([BATCH, CONTEXT])), [BATCH, CONTEXT]),
  ] as const;

describe.each([1, 2, 3])('inverse autoregressive flow of %i steps', (flows) => {
  const make = () => iaf(flows, SIZE, 12, CONTEXT);

  test('inverse undoes forward, and their log-determinants cancel', async () => {
    const flow = make();
    const [z0, h] = await inputs();
    const { back, there, andBack } = gpu.step((z: Tensor, context: Tensor) => {
      const [y, there] = flow.forward(z, context);
      const [back, andBack] = flow.inverse(y, context);
      return { back, there, andBack };
    })(z0, h);
    const [a, b, c, x] = await Promise.all([back, there, andBack, z0].map(floats));
    for (const [i, v] of a.entries()) expect(Math.abs(v - x[i])).toBeLessThan(1e-4);
    for (const [i, v] of b.entries()) expect(Math.abs(v + c[i])).toBeLessThan(1e-4);
    expect(Math.max(...b.map(Math.abs))).toBeGreaterThan(0.05); // not the identity
  });

  test('the log-determinant is that of the Jacobian', async () => {
    const flow = make();
    const { exact, claimed } = gpu.step((z0: Tensor, h: Tensor) => {
      const [z, byDimension] = flow.forward(z0, h);
      const columns = Array.from(
        { length: SIZE },
        (_, d) => grad(sum(slice(z, [null, [d, d + 1]])), [z0])[0],
      );
      return { exact: logAbsDet(stack(columns, 1)), claimed: sum(byDimension, 1) };
    })(...(await inputs()));
    const [a, b] = [await floats(exact), await floats(claimed)];
    for (const [i, v] of a.entries()) expect(Math.abs(v - b[i])).toBeLessThan(1e-4);
  });
});

test('one step is autoregressive: ∂z_i / ∂z₀_j = 0 for j > i, and depends on h', async () => {
  const flow = iaf(1, SIZE, 12, CONTEXT);
  const { rows, byContext } = gpu.step((z0: Tensor, h: Tensor) => {
    const [z] = flow.forward(z0, h);
    const rows = Array.from({ length: SIZE }, (_, i) => {
      return sum(grad(sum(slice(z, [null, [i, i + 1]])), [z0])[0], 0);
    });
    return { rows: stack(rows, 0), byContext: grad(sum(z), [h])[0] };
  })(...(await inputs()));
  const jacobian = await floats(rows);
  for (let i = 0; i < SIZE; i++) {
    for (let j = 0; j < SIZE; j++) {
      if (j > i) expect(jacobian[i * SIZE + j]).toBe(0);
      else expect(jacobian[i * SIZE + j]).not.toBe(0);
    }
  }
  expect(Math.max(...(await floats(byContext)))).toBeGreaterThan(0);
});
