import { beforeAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import type { Tensor, Variable } from '../engine/index.ts';
import { calls } from './api.ts';
import { ready } from './open.ts';

let gpu: o.Gpu;
beforeAll(async () => {
  gpu = await ready();
});

const steady = { buffers: 0, bindGroups: 0, pipelines: 0, modules: 0, submits: 1 };

describe('a steady step', () => {
  test('creates nothing and submits once', async () => {
    using w = o.variable([1, 2, 3], [3]);
    const step = gpu.step((x: Tensor) => {
      const loss = o.mean(o.square(o.sub(w, x)));
      w.assign(o.sub(w, o.mul(0.1, o.grad(loss, [w])[0])));
      return loss;
    });
    const x = () => o.tensor([1, 1, 1]);
    step(x());
    expect(calls(() => step(x()))).toMatchObject(steady);
    expect(calls(() => step(x()))).toMatchObject(steady);
    await gpu.idle();
  });

  test('takes other numbers without compiling', async () => {
    const step = gpu.step((rate: number) => o.mul(o.tensor([1, 2]), rate));
    const got = [await step(2).data(), await step(-3).data()];
    expect(got.map((v) => Array.from(v))).toEqual([
      [2, 4],
      [-3, -6],
    ]);
    const counted = calls(() => {
      for (let i = 0; i < 5; i++) step(i / 7);
    });
    expect(counted).toMatchObject({ ...steady, submits: 5 });
  });

  test('takes numbers for every op that has one', () => {
    const step = gpu.step((a: number) => {
      const x = o.tensor([[0.5, 2]]);
      const y = o.pow(o.clamp(o.leakyRelu(x, a), a, 2 + a), a);
      return o.where(o.greater(y, a), o.add(a, y), a);
    });
    step(0.25);
    expect(calls(() => step(0.75))).toMatchObject(steady);
  });

  test('follows the branch that its function takes', async () => {
    const step = gpu.step((negate: boolean) => (negate ? o.neg(o.tensor([1])) : o.tensor([1])));
    const got: number[] = [];
    for (const negate of [true, false, true]) got.push(await step(negate).item());
    expect(got).toEqual([-1, 1, -1]);
    expect(calls(() => step(false))).toMatchObject(steady);
  });
});

describe('a walk', () => {
  test('runs a step dispatch by dispatch, to the same result', async () => {
    const make = () => {
      const w = o.variable([[1, -2, 3, 0.5]], [1, 4], { name: 'w' });
      const step = gpu.step((x: Tensor) => {
        const loss = o.mean(o.square(o.softmax(o.matmul(w, x))));
        w.assign(o.sub(w, o.mul(0.1, o.grad(loss, [w])[0])));
        return loss;
      });
      return { w, step };
    };
    const x = () => o.tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3], [4, 3]);
    const [whole, parts] = [make(), make()];
    for (let i = 0; i < 3; i++) {
      const loss = await whole.step(x()).item();
      const walk = gpu.walk(() => parts.step(x()));
      expect(walk.events.length).toBeGreaterThan(2);
      expect(walk.ops).toHaveLength(walk.events.length);
      const half = Math.floor(walk.events.length / 2);
      for (let k = 0; k < half; k++) {
        for (const { shape, values } of await walk.next()) {
          expect(values).toHaveLength(shape.reduce((a, b) => a * b, 1));
          expect(values.every(Number.isFinite)).toBe(true);
        }
      }
      expect(walk.done).toBe(half);
      if (i < 2) while (walk.done < walk.events.length) await walk.next();
      else walk.finish();
      expect(await walk.result.item()).toBe(loss);
      expect(await parts.w.data()).toEqual(await whole.w.data());
    }
    for (const { w, step } of [whole, parts]) for (const held of [w, step]) held.dispose();
  });
});

describe('lifetimes', () => {
  test('a result dies when its step runs again', async () => {
    const step = gpu.step((v: number) => o.add(o.tensor([1]), v));
    const first = step(1);
    expect(await first.item()).toBe(2);
    const second = step(2);
    await expect(first.item()).rejects.toThrow(
      /stale tensor: 'add' \[1\] from .*lifetimes\.test\.ts:\d+ .*assign/,
    );
    expect(await second.item()).toBe(3);
  });

  test('reading starts at once: the value is that of the call', async () => {
    const step = gpu.step((v: number) => o.add(o.tensor([1]), v));
    const first = step(1).item();
    const second = step(2).item();
    expect([await first, await second]).toEqual([2, 3]);
  });

  test('two steps do not disturb each other', async () => {
    const double = gpu.step((v: number) => o.mul(o.tensor([1, 2]), v));
    const shift = gpu.step((v: number) => o.add(o.tensor([1, 2]), v));
    const a = double(2);
    const b = shift(10);
    shift(20);
    const c = double(3);
    expect(Array.from(await c.data())).toEqual([3, 6]);
    await expect(a.data()).rejects.toThrow(/stale/);
    await expect(b.data()).rejects.toThrow(/stale/);
  });

  test('a result may be an argument of another step', async () => {
    const make = gpu.step((v: number) => o.add(o.tensor([1, 2]), v));
    const use = gpu.step((x: Tensor) => o.sum(o.square(x)));
    expect(await use(make(1)).item()).toBe(13);
    expect(await use(make(2)).item()).toBe(25);
    const x = make(3);
    expect(calls(() => use(x))).toMatchObject(steady);
  });

  test('a step cannot be given its own last result', async () => {
    const step = gpu.step((x: Tensor) => o.mul(x, 2));
    const x = step(o.tensor([1]));
    expect(() => step(x)).toThrow(/^mul: \[1\] is a result of this same step.*\. Keep .* variable/);
    expect(await x.item()).toBe(2);
  });

  test('a value may be returned twice, and inputs may be returned', async () => {
    using w = o.variable([5], [1]);
    const step = gpu.step((x: Tensor) => {
      const y = o.add(x, w);
      return { y, again: y, x, flat: o.reshape(y, []), list: [o.add(y, 0)] };
    });
    const r = step(o.tensor([2]));
    const got = await Promise.all([r.y, r.again, r.x, r.flat, r.list[0]].map((t) => t.item()));
    expect(got).toEqual([7, 7, 2, 7, 7]);
  });

  test('what a step returns is no view of a variable', async () => {
    using w = o.variable([1, 2], [2]);
    const step = gpu.step(() => {
      const before = o.add(w, 0);
      w.assign(o.mul(w, 10));
      return { before, flat: o.reshape(w, [2, 1]) };
    });
    const { before, flat } = step();
    w.write([7, 7]);
    expect(Array.from(await before.data())).toEqual([1, 2]);
    expect(Array.from(await flat.data())).toEqual([10, 20]);
  });

  test('using disposes a variable and gives its memory back', () => {
    const { live, buffers } = gpu.memory();
    {
      using w = o.variable(null, [1000]);
      expect(gpu.memory().live).toBe(live + 4000);
      expect(w.shape).toEqual([1000]);
    }
    expect(gpu.memory()).toMatchObject({ live, buffers });
  });

  test('dispose of a step frees its memory', () => {
    const before = gpu.memory().live;
    const step = gpu.step(() => o.add(o.tensor(new Float32Array(5000)), 1));
    step();
    expect(gpu.memory().live).toBeGreaterThan(before);
    step.dispose();
    expect(gpu.memory().live).toBe(before);
  });
});

describe('variables', () => {
  test('are updated in order, and read what was assigned before', async () => {
    using a = o.variable([1], [1]);
    using b = o.variable([2], [1]);
    const swap = gpu.step(() => {
      const [x, y] = [o.add(a, 0), o.add(b, 0)];
      a.assign(y);
      b.assign(x);
      a.assign(o.add(a, 10));
    });
    swap();
    expect([(await a.data())[0], (await b.data())[0]]).toEqual([12, 1]);
  });

  test('swap without copies in user code', async () => {
    using a = o.variable([1], [1]);
    using b = o.variable([2], [1]);
    const swap = gpu.step(() => {
      const old = o.reshape(a, [1]);
      a.assign(b);
      b.assign(old);
    });
    swap();
    expect([(await a.data())[0], (await b.data())[0]]).toEqual([2, 1]);
    swap();
    swap();
    expect([(await a.data())[0], (await b.data())[0]]).toEqual([2, 1]);
  });

  test('in place where every reader is done', async () => {
    using a = o.variable([1, 2, 3], [3]);
    const step = gpu.step(() => {
      const flipped = o.flip(a, 0);
      a.assign(o.add(o.mul(a, 2), flipped));
    });
    step();
    expect(Array.from(await a.data())).toEqual([5, 6, 7]);
  });

  test('assign outside a step', async () => {
    using a = o.variable([1, 2], [2]);
    a.assign(o.mul(a, 3));
    a.assign(o.add(a, 1));
    expect(Array.from(await a.data())).toEqual([4, 7]);
  });
});

/** A sum of products that any two runs must agree on to the bit. */
test('same seed, same bits', async () => {
  const bits: string[] = [];
  for (let i = 0; i < 2; i++) {
    const engine = await o.open({ seed: 5 });
    const w: Variable = o.variable(o.normal([31, 17]));
    const step = engine.step(() => {
      const x = o.normal([8, 31]);
      const loss = o.mean(o.square(o.tanh(o.matmul(x, w))));
      w.assign(o.sub(w, o.grad(loss, [w])[0]));
      return loss;
    });
    for (let k = 0; k < 5; k++) step();
    bits.push(String(new Uint32Array((await w.data()).buffer)));
    engine.close();
  }
  gpu = await ready();
  expect(bits[0]).toBe(bits[1]);
});
