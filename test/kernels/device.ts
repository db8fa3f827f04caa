import type { Kernel } from '../../engine/kernel.ts';
import type { Words } from './case.ts';
import type { Trial } from './check.ts';

const pipelines = new Map<string, Promise<GPUComputePipeline>>();

/** Runs a kernel once on the device; the buffers hold what it left in them. */
export async function onDevice(device: GPUDevice, kernel: Kernel, work: Trial): Promise<void> {
  const pipeline = await pipelineOf(device, kernel, work.overrides);
  const { STORAGE, COPY_SRC, COPY_DST, UNIFORM } = GPUBufferUsage;
  const upload = (words: Words | ArrayBuffer, usage: number) => {
    const buffer = device.createBuffer({ size: words.byteLength, usage: usage | COPY_DST });
    device.queue.writeBuffer(buffer, 0, words as ArrayBuffer);
    return buffer;
  };
  const storage = kernel.bindings.map(({ name }) => upload(work.buffers[name], STORAGE | COPY_SRC));
  const buffers = [...storage, upload(uniform(kernel, work.params), UNIFORM)];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  pass.setBindGroup(0, device.createBindGroup({ layout: layoutOf(device, kernel), entries }));
  const [x, y = 1, z = 1] = work.groups;
  pass.dispatchWorkgroups(x, y, z);
  pass.end();
  const written = kernel.bindings.filter(({ access }) => access === 'read_write');
  const back = written.map(({ name, binding }) => {
    const { byteLength: size } = work.buffers[name];
    const buffer = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | COPY_DST });
    encoder.copyBufferToBuffer(buffers[binding], 0, buffer, 0, size);
    return { name, buffer };
  });
  device.queue.submit([encoder.finish()]);
  for (const { name, buffer } of back) {
    await buffer.mapAsync(GPUMapMode.READ);
    const bytes = new Uint8Array(work.buffers[name].buffer as ArrayBuffer);
    bytes.set(new Uint8Array(buffer.getMappedRange()));
  }
  for (const buffer of [...buffers, ...back.map((b) => b.buffer)]) buffer.destroy();
}

const layoutOf = (device: GPUDevice, kernel: Kernel) =>
  device.createBindGroupLayout({
    entries: [...kernel.bindings, null].map((found, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: {
        type: !found ? 'uniform' : found.access === 'read' ? 'read-only-storage' : 'storage',
      },
    })),
  });

function pipelineOf(device: GPUDevice, kernel: Kernel, constants: Record<string, number>) {
  const own = Object.fromEntries(
    Object.keys(kernel.overrides).map((name) => [name, constants[name]]),
  );
  const key = kernel.file + JSON.stringify(own);
  let pipeline = pipelines.get(key);
  if (!pipeline) {
    const module = device.createShaderModule({ code: kernel.code, label: kernel.file });
    const layout = device.createPipelineLayout({ bindGroupLayouts: [layoutOf(device, kernel)] });
    const compute = { module, constants: own };
    pipeline = device.createComputePipelineAsync({ layout, compute, label: key });
    pipelines.set(key, pipeline);
  }
  return pipeline;
}

/** The bytes of the uniform `p`. */
function uniform(kernel: Kernel, values: Record<string, number>): ArrayBuffer {
  const bytes = new DataView(new ArrayBuffer(kernel.paramsBytes));
  for (const { name, offset, type } of kernel.params) {
    if (type === 'f32') bytes.setFloat32(offset, values[name], true);
    else if (type === 'i32') bytes.setInt32(offset, values[name], true);
    else bytes.setUint32(offset, values[name], true);
  }
  return bytes.buffer;
}
