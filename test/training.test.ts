import { beforeAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import type { Tensor, Variable } from '../engine/index.ts';
import { calls } from './api.ts';
import { normal, uniform } from './inputs.ts';
import { ready } from './open.ts';
import type { Nd } from './reference.ts';

let gpu: o.Gpu;
beforeAll(async () => {
  gpu = await ready();
});

interface Layer {
  w: Variable;
  b: Variable;
}

const f32 = (x: Nd): Float32Array => Float32Array.from(x.data);

const layers = (...sizes: number[]): Layer[] =>
  sizes.slice(1).map((n, i) => ({
    w: o.variable(f32(normal([sizes[i], n], sizes[i] ** -0.5)), [sizes[i], n], { name: 'w' }),
    b: o.variable(null, [n], { name: 'b' }),
  }));

const forward = (net: Layer[], x: Tensor): Tensor =>
  net.reduce((h, { w, b }, i) => {
    const y = o.add(o.matmul(h, w), b);
    return i < net.length - 1 ? o.relu(y) : y;
  }, x);

type Loss = (y: Tensor, target: Tensor) => Tensor;

/** A network, Adam, and the step that trains it: forward, backward, update. */
function training(sizes: number[], loss: Loss) {
  const net = layers(...sizes);
  const variables = net.flatMap(({ w, b }) => [w, b]);
  const optimiser = o.adam(net, { lr: 1e-3 });
  const step = gpu.step((x: Tensor, target: Tensor) => {
    const value = loss(forward(net, x), target);
    optimiser.update(o.grad(value, variables));
    return value;
  });
  const dispose = () => {
    step.dispose();
    for (const v of Object.values(optimiser.state)) v.dispose();
    optimiser.variables[0].base?.dispose();
  };
  return { step, dispose, net };
}

const mse: Loss = (y, target) => o.mean(o.square(o.sub(y, target)));
const bce: Loss = (y, target) => o.mean(o.sub(o.softplus(y), o.mul(y, target)));

/** The steps that the bench races against the peers, at the peers' batch sizes. */
const rows = [
  { name: 'MLP 2-128-128-2, mse', sizes: [2, 128, 128, 2], batch: 256, loss: mse, dispatches: 16 },
  {
    name: 'MLP 784-512-512-784, sigmoid BCE',
    sizes: [784, 512, 512, 784],
    batch: 128,
    loss: bce,
    dispatches: 20,
    megabytes: 24,
  },
];

describe('a training step', () => {
  test.each(rows.map((r) => [r.name, r] as const))('%s', async (_, r) => {
    const before = gpu.memory().live;
    gpu.resetPeak();
    const { step, dispose } = training(r.sizes, r.loss);
    const shape = [r.batch, r.sizes[0]];
    const data = f32(uniform(shape));
    const again = () => step(o.tensor(data, shape), o.tensor(data, shape));
    const first = await again().item();
    again();
    const counted = calls(() => again());
    expect(counted).toMatchObject({
      buffers: 0,
      bindGroups: 0,
      pipelines: 0,
      modules: 0,
      submits: 1,
    });
    expect(counted.dispatches).toBeLessThanOrEqual(r.dispatches);
    const bytes = gpu.memory().peak - before;
    console.info(`${r.name}: ${counted.dispatches} dispatches, ${(bytes / 1e6).toFixed(2)} MB`);
    expect(bytes / 1e6).toBeLessThanOrEqual(r.megabytes ?? 2);
    for (let i = 0; i < 3; i++) again();
    expect(await again().item()).toBeLessThan(first);
    dispose();
    expect(gpu.memory().live).toBe(before);
  });

  test('a thousand times keeps memory flat', async () => {
    const { step, dispose } = training([2, 16, 2], mse);
    const batch = new Float32Array(64);
    const once = (i: number) => {
      batch.fill(i / 1000);
      return step(o.tensor(batch, [32, 2]), o.tensor(batch, [32, 2]));
    };
    const start = await once(0).item();
    once(1);
    const { live, buffers } = gpu.memory();
    let end = 0;
    const counted = calls(() => {
      for (let i = 0; i < 500; i++) once(i);
    });
    for (let i = 0; i < 500; i++) {
      const loss = once(i);
      if (i % 100 === 99) end = await loss.item();
    }
    expect(counted).toMatchObject({ buffers: 0, bindGroups: 0, pipelines: 0, submits: 500 });
    expect(gpu.memory()).toMatchObject({ live, buffers });
    expect(Number.isFinite(start + end)).toBe(true);
    dispose();
  });
});
