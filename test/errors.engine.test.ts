import { afterAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import type { Kernel } from '../engine/kernel.ts';
import { op } from '../engine/op.ts';
import { tolerate } from './browser/errors.ts';

// Errors of the whole engine: there is none, it cannot be had, it breaks, it is gone.

afterAll(async () => {
  await o.open();
});

/** Puts something else in the place of navigator.gpu while `run` runs. */
async function pretend(gpu: unknown, run: () => Promise<void>): Promise<void> {
  // A page has it from the prototype, Dawn of its own.
  const own = Object.getOwnPropertyDescriptor(navigator, 'gpu');
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  try {
    await run();
  } finally {
    if (own) Object.defineProperty(navigator, 'gpu', own);
    else delete (navigator as unknown as Record<string, unknown>).gpu;
  }
}

describe('no engine', () => {
  test('before open', async () => {
    const gpu = await o.open();
    gpu.close();
    const message = /no engine is open: .*\. Call `await open\(\)`/;
    expect(() => o.variable([1])).toThrow(message);
    await expect(o.tensor([1]).data()).rejects.toThrow(message);
  });

  test('no WebGPU', () =>
    pretend(undefined, async () => {
      await expect(o.open()).rejects.toMatchObject({
        kind: 'no-webgpu',
        message: expect.stringMatching(
          /^no WebGPU: navigator\.gpu is missing\. Use .*https or localhost/,
        ),
      });
    }));

  test('no adapter', () =>
    pretend({ requestAdapter: async () => null }, async () => {
      await expect(o.open()).rejects.toMatchObject({
        kind: 'no-webgpu',
        message: expect.stringMatching(/^no WebGPU adapter: .*\. Turn on hardware acceleration/),
      });
    }));
});

describe('a device that is gone', () => {
  test('closed', async () => {
    const gpu = await o.open();
    const w = o.variable([1, 2]);
    const step = gpu.step(() => o.add(w, 1));
    const result = step();
    gpu.close();
    const message = /engine was closed\. Call open\(\) again/;
    expect(() => step()).toThrow(message);
    expect(() => w.write([1, 2])).toThrow(message);
    await expect(result.data()).rejects.toThrow(message);
  });

  test('lost, and opened again', async () => {
    const gpu = await o.open();
    const w = o.variable([1, 2]);
    const step = gpu.step(() => o.add(w, 1));
    const reading = step().data();
    gpu.device.destroy();
    await gpu.device.lost;
    await reading.catch(() => {});
    expect(() => step()).toThrow(/^GPU device lost \(\w+\): .*\. Call open\(\) again/);
    await expect(w.data()).rejects.toMatchObject({ kind: 'device-lost' });
    await o.open();
    expect(await o.add(o.tensor([1]), 1).item()).toBe(2);
    expect(() => o.add(w, 1)).toThrow(/GPU device lost/);
  });

  test('lost while a value is read', async () => {
    const gpu = await o.open();
    const reading = o.add(o.tensor([1]), 1).data();
    gpu.device.destroy();
    await expect(reading).rejects.toMatchObject({ kind: 'device-lost' });
  });
});

test('a variable of another engine', async () => {
  const first = await o.open();
  const w = o.variable([1, 2], [2], { name: 'w' });
  const second = await o.open();
  expect(() => second.step(() => o.add(w, 1))()).toThrow(/'w' \[2\].*another engine.*\. \w/);
  first.close();
});

describe('a kernel that does not compile', () => {
  const code = `@group(0) @binding(0) var<storage, read_write> y: array<f32>;
struct Params { n: u32 }
@group(0) @binding(1) var<uniform> p: Params;
@compute @workgroup_size(1)
fn main() { y[0] = missing + f32(p.n); }
`;
  const kernel: Kernel = {
    file: 'broken/1_broken.wgsl',
    code,
    bindings: [{ name: 'y', binding: 0, access: 'read_write', type: 'array<f32>' }],
    params: [{ name: 'n', offset: 0, type: 'u32' }],
    paramsBytes: 16,
    overrides: {},
    workgroup: [1, 1, 1],
    features: [],
    reals: [],
    epilogue: null,
  };
  const broken = op('broken', {
    shape: ([x]) => x.shape,
    run: (k, [y]) => k.dispatch(kernel, { y }, { n: 1 }, [1]),
  });
  const message = /broken.*\n.*shaders\/broken\/1_broken\.wgsl:5: .*missing.*\n.*y\[0\] = missing/;

  test('when it runs', async () => {
    tolerate(/./);
    await o.open();
    await expect(broken([o.tensor([1])]).data()).rejects.toThrow(message);
    await o.open();
  });

  test('when it is prepared', async () => {
    tolerate(/./);
    const gpu = await o.open();
    await expect(gpu.step(() => broken([o.tensor([1])])).prepare()).rejects.toThrow(message);
    await o.open();
  });
});

test('a kernel given a wrong binding or parameter', async () => {
  const gpu = await o.open();
  const kernel = {
    bindings: [],
    params: [],
    overrides: {},
    workgroup: [1, 1, 1],
  } as unknown as Kernel;
  const wrong = op('wrong', {
    shape: ([x]) => x.shape,
    run: (k, [y]) => k.dispatch({ ...kernel, file: 'x/1_x.wgsl' }, { nothing: y }, {}, [1]),
  });
  expect(() => gpu.step(() => wrong([o.tensor([1])]))()).toThrow(
    /internal: .*x\/1_x\.wgsl.*nothing/,
  );
});
