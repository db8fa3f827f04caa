import * as ort from 'onnxruntime-web/webgpu';
import type { Inputs, Work } from '../../types.ts';
import { type Graph, model } from './onnx.ts';

// biome-ignore lint/suspicious/noExplicitAny: the peer's types are not installed with the project
type Value = any;

/** A flat tensor of this shape with its axes in another order: what the others keep, it takes turned. */
export function turned(flat: Float32Array, shape: number[], order: number[]): Float32Array {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const sizes = order.map((axis) => shape[axis]);
  const out = new Float32Array(flat.length);
  for (let i = 0; i < flat.length; i++) {
    let rest = i;
    let from = 0;
    for (let d = sizes.length - 1; d >= 0; d--) {
      from += (rest % sizes[d]) * strides[order[d]];
      rest = Math.floor(rest / sizes[d]);
    }
    out[i] = flat[from];
  }
  return out;
}

function onGpu(device: GPUDevice, data: Float32Array, dims: number[]): Value {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = device.createBuffer({ size: Math.ceil(data.byteLength / 16) * 16, usage });
  device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
  return ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims });
}

/**
 * A session of the graph, its inputs in GPU buffers and its one result left in one.
 * @param read turns what was read back into the order of the others
 */
export async function working(
  graph: Graph,
  inputs: Inputs,
  read = (result: Float32Array): Float32Array => result,
): Promise<Work> {
  const session = await ort.InferenceSession.create(model(graph), {
    executionProviders: ['webgpu'],
    preferredOutputLocation: 'gpu-buffer',
  });
  const device = (await ort.env.webgpu.device) as GPUDevice;
  const feeds = Object.fromEntries(
    Object.entries(graph.inputs).map(([name, dims]) => [name, onGpu(device, inputs[name], dims)]),
  );
  const [result] = Object.keys(graph.outputs);
  let out: Value = null;
  return {
    async call() {
      out?.dispose();
      out = (await session.run(feeds))[result];
    },
    settle: () => device.queue.onSubmittedWorkDone(),
    read: async () => [read((await out.getData()) as Float32Array)],
  };
}
