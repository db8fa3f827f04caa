import { beforeAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import type { Tensor } from '../engine/index.ts';
import { calls } from './api.ts';
import { ready } from './open.ts';

let gpu: o.Gpu;
beforeAll(async () => {
  gpu = await ready();
});

const [B, h, T, d, D] = [2, 3, 21, 8, 12];
const steady = { buffers: 0, bindGroups: 0, pipelines: 0, modules: 0, submits: 1 };

/** One step of generation: the new key and value join the cache, the query sees all so far. */
function generator() {
  const k = o.variable(null, [B, h, T, d]);
  const v = o.variable(null, [B, h, T, D]);
  const step = gpu.step((q: Tensor, key: Tensor, value: Tensor, at: number) => {
    const keys = o.writeRows(k, key, at);
    const values = o.writeRows(v, value, at);
    return o.decodeAttention(q, keys, values, at + 1);
  });
  return { k, v, step };
}

/** Row t of [B, h, T, n], as [B, h, 1, n]. */
function rowOf(x: Float32Array, n: number, t: number): Tensor {
  const rows = Array.from({ length: B * h }, (_, i) => [
    ...x.subarray((i * T + t) * n, (i * T + t + 1) * n),
  ]);
  return o.tensor(rows.flat(), [B, h, 1, n]);
}

describe('generation with a cache', () => {
  test('gives what causal attention of all steps gives, to 2e-6', async () => {
    const draw = async (n: number) => (await o.normal([B, h, T, n]).data()) as Float32Array;
    const [q, k, v] = [await draw(d), await draw(d), await draw(D)];
    const whole = o.attention(
      o.tensor(q, [B, h, T, d]),
      o.tensor(k, [B, h, T, d]),
      o.tensor(v, [B, h, T, D]),
      { causal: true },
    );
    const want = await whole.data();
    const { step } = generator();
    let worst = 0;
    for (let t = 0; t < T; t++) {
      const y = await step(rowOf(q, d, t), rowOf(k, d, t), rowOf(v, D, t), t).data();
      y.forEach((value, i) => {
        const at = (Math.floor(i / D) * T + t) * D + (i % D);
        worst = Math.max(worst, Math.abs(value - want[at]));
      });
    }
    expect(worst).toBeLessThan(2e-6);
  });

  test('makes nothing new at later places', async () => {
    const { step } = generator();
    const zeros = (n: number) => o.tensor(new Float32Array(B * h * n), [B, h, 1, n]);
    const at = (t: number) => step(zeros(d), zeros(d), zeros(D), t);
    at(0);
    for (let t = 1; t < 4; t++) expect(calls(() => at(t))).toMatchObject(steady);
    await gpu.idle();
  });

  test('writes several rows, drops those beyond the end and keeps the others', async () => {
    const cache = o.variable([1, 2, 3, 4, 5], [5, 1]);
    const fill = gpu.step((at: number) => {
      o.writeRows(cache, o.tensor([[10], [20]]), at);
    });
    fill(1);
    expect([...(await cache.data())]).toEqual([1, 10, 20, 4, 5]);
    fill(4);
    expect([...(await cache.data())]).toEqual([1, 10, 20, 4, 10]);
  });

  test('refuses rows for a variable that the step has read', () => {
    const cache = o.variable([1, 2], [2, 1]);
    const step = gpu.step(() => {
      const sum = o.sum(cache);
      o.writeRows(cache, o.tensor([[3]]), 0);
      return sum;
    });
    expect(() => step()).toThrow(/before in this step/);
    expect(() => o.writeRows(cache, o.tensor([[3]]), 0)).toThrow(/outside step/);
  });
});
