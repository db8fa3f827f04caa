import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kernel } from '../engine/kernel.ts';
import type { Case } from './kernels/case.ts';
import { differences, trial } from './kernels/check.ts';
import { onDevice } from './kernels/device.ts';

// The driver has the last word: every kernel file compiles without a message and answers all cases
// of its contract, on a device with the limits that every adapter has. kernels.node.test.ts runs the
// same cases in Node, where races show.

const files = import.meta.glob<Kernel>(['../shaders/*/*.wgsl', '!**/functions.wgsl'], {
  import: 'default',
});
const tables = import.meta.glob<Case[]>('./kernels/*.ts', { import: 'cases' });

let device: GPUDevice;
let lanes: number | null;

beforeAll(async () => {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter');
  const wanted = ['subgroups', 'shader-f16'] as GPUFeatureName[];
  const requiredFeatures = wanted.filter((name) => adapter.features.has(name));
  device = await adapter.requestDevice({ requiredFeatures });
  const { subgroupMinSize, subgroupMaxSize } = adapter.info;
  lanes = subgroupMinSize === subgroupMaxSize ? (subgroupMinSize ?? null) : null;
});

afterAll(() => device.destroy());

const deviceFeature = { subgroups: 'subgroups', f16: 'shader-f16' } as const;

/** Whether the device has what the kernel's `enable` lines ask for. */
const runs = ({ features }: Kernel) =>
  features.every((name) => device.features.has(deviceFeature[name])) &&
  !(features.includes('subgroups') && lanes === null);

describe.each(Object.keys(files))('%s', async (path) => {
  const contract = path.split('/').at(-2)!;
  const rows = (await tables[`./kernels/${contract}.ts`]?.()) ?? [];

  test('compiles', async ({ skip }) => {
    const kernel = await files[path]();
    if (!runs(kernel)) skip();
    const module = device.createShaderModule({ code: kernel.code, label: kernel.file });
    const { messages } = await module.getCompilationInfo();
    const texts = messages.map((m) => `shaders/${kernel.file}:${m.lineNum}: ${m.message}`);
    expect(texts).toEqual([]);
    const pipeline = device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
    await expect(pipeline).resolves.toBeInstanceOf(GPUComputePipeline);
  });

  test('answers its cases', async ({ skip }) => {
    const kernel = await files[path]();
    if (!runs(kernel)) skip();
    const fixed: Record<string, number> = 'SIZE' in kernel.overrides ? { SIZE: lanes! } : {};
    const own = rows.filter((row) => row.applies?.(kernel) ?? true);
    const answers = own.map(async (row) => {
      const work = trial(kernel, row, fixed);
      await onDevice(device, kernel, work);
      return differences(row, work.buffers).map((text) => `${row.name}: ${text}`);
    });
    const wrong = (await Promise.all(answers)).flat();
    expect(wrong.slice(0, 10)).toEqual([]);
  });
});
