import { beforeAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import type { Variable } from '../engine/index.ts';
import { upload } from './check.ts';
import { indices, normal } from './inputs.ts';
import { ready } from './open.ts';
import * as ref from './reference.ts';
import type { Nd } from './reference.ts';

const { nn } = o;
let gpu: o.Gpu;
beforeAll(async () => {
  gpu = await ready(11);
});

const value = async (v: Variable): Promise<Nd> => ref.nd(v.shape, await v.data());

async function agree(got: o.Tensor, want: Nd): Promise<void> {
  expect(got.shape).toEqual(want.shape);
  (await got.data()).forEach((v, i) => {
    expect(Math.abs(v - want.data[i])).toBeLessThan(1e-5);
  });
}

describe('layers compute', () => {
  test('linear', async () => {
    const layer = nn.linear.init(5, 3);
    const x = normal([2, 4, 5]);
    const product = ref.matmul(x, await value(layer.weight));
    await agree(nn.linear(layer, upload(x)), ref.add(product, await value(layer.bias!)));
  });

  test('linear without bias', async () => {
    const layer = nn.linear.init(5, 3, { bias: false });
    expect(layer.bias).toBe(undefined);
    const x = normal([7, 5]);
    await agree(nn.linear(layer, upload(x)), ref.matmul(x, await value(layer.weight)));
  });

  test('conv', async () => {
    const layer = nn.conv.init(3, 4, 6, { groups: 2 });
    expect(layer.weight.shape).toEqual([3, 3, 2, 6]);
    const x = normal([1, 5, 4, 4]);
    const options = { groups: 2, padding: 1, stride: 2 };
    const want = ref.conv2d(x, await value(layer.weight), options);
    await agree(nn.conv(layer, upload(x), options), ref.add(want, await value(layer.bias!)));
  });

  test('embedding', async () => {
    const layer = nn.embedding.init(7, 3);
    const at = indices([2, 5], 7);
    await agree(nn.embedding(layer, upload(at)), ref.gather(await value(layer.table), at));
  });

  test('norms start as the plain ones', async () => {
    const x = normal([2, 3, 3, 4]);
    await agree(nn.layerNorm(nn.layerNorm.init(4), upload(x)), ref.layerNorm(x));
    await agree(nn.groupNorm(nn.groupNorm.init(4), upload(x), 2), ref.groupNorm(x, 2));
  });
});

describe('initial values are PyTorch’s defaults', () => {
  /** Uniform in ±limit: the largest comes near it, mean square is a third of its square. */
  async function uniform(v: Variable, limit: number): Promise<void> {
    const data = Array.from(await v.data());
    const largest = data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(largest).toBeLessThanOrEqual(limit);
    expect(largest).toBeGreaterThan(0.98 * limit);
    const square = data.reduce((a, b) => a + b * b, 0) / data.length;
    expect(square / (limit ** 2 / 3)).toBeCloseTo(1, 1);
  }

  test('linear', async () => {
    const { weight, bias } = nn.linear.init(100, 300);
    await uniform(weight, 0.1);
    await uniform(bias!, 0.1);
  });

  test('conv', async () => {
    const { weight, bias } = nn.conv.init([3, 3], 16, 400, { groups: 4 });
    await uniform(weight, 1 / 6);
    await uniform(bias!, 1 / 6);
  });

  test('embedding', async () => {
    const data = Array.from(await nn.embedding.init(500, 20, { std: 0.5 }).table.data());
    expect(data.reduce((a, b) => a + b * b, 0) / data.length).toBeCloseTo(0.25, 1);
  });
});

test('dropout keeps the mean, and passes its mask to the gradient', async () => {
  const n = 20_000;
  const step = gpu.step(() => {
    const x = o.broadcastTo(o.tensor([1]), [n]);
    const y = nn.dropout(x, 0.25);
    return { y, slope: o.grad(o.sum(o.mul(y, 3)), [x])[0] };
  });
  const { y, slope } = step();
  const kept = await y.data();
  expect(new Set(kept)).toEqual(new Set([0, Math.fround(4 / 3)]));
  expect(kept.filter((v) => v > 0).length / n).toBeCloseTo(0.75, 1);
  (await slope.data()).forEach((g, i) => {
    expect(g).toBeCloseTo(3 * kept[i], 5);
  });
});
