import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Kernel } from '../engine/kernel.ts';

// The driver's own compiler has the last word: every kernel file becomes a pipeline on a device with
// the limits that every adapter has, and without a single message.

const files = import.meta.glob<Kernel>(['../shaders/*/*.wgsl', '!**/functions.wgsl'], {
  import: 'default',
});

let device: GPUDevice;
let features: Set<string>;

beforeAll(async () => {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter');
  const wanted = ['subgroups', 'shader-f16'] as GPUFeatureName[];
  const requiredFeatures = wanted.filter((name) => adapter.features.has(name));
  device = await adapter.requestDevice({ requiredFeatures });
  features = new Set(device.features);
});

afterAll(() => device.destroy());

const deviceFeature = { subgroups: 'subgroups', f16: 'shader-f16' } as const;

test.each(Object.keys(files))('%s compiles', async (path) => {
  const kernel = await files[path]();
  if (!kernel.features.every((name) => features.has(deviceFeature[name]))) return;
  const module = device.createShaderModule({ code: kernel.code, label: kernel.file });
  const { messages } = await module.getCompilationInfo();
  const texts = messages.map((m) => `shaders/${kernel.file}:${m.lineNum}: ${m.message}`);
  expect(texts).toEqual([]);
  const pipeline = device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  await expect(pipeline).resolves.toBeInstanceOf(GPUComputePipeline);
});
