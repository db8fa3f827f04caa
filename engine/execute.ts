import type { Encoded, Plan } from './bind.ts';
import type { Gpu } from './gpu.ts';
import type { Graph } from './graph.ts';
import { isFloat } from './tensor.ts';

/** Runs a plan with the values of a graph of its structure: uploads, one pass, one submit. */
export function runPlan(gpu: Gpu, plan: Plan, graph: Graph): void {
  gpu.check();
  upload(gpu, plan, graph);
  const encoder = gpu.device.createCommandEncoder({ label: 'step' });
  if (plan.encoded.length) {
    const pass = encoder.beginComputePass({ label: 'step' });
    for (const dispatch of plan.encoded) encodeOne(pass, dispatch);
    pass.end();
  }
  encodeCopies(encoder, plan);
  gpu.device.queue.submit([encoder.finish()]);
}

/** Puts a dispatch into a pass. */
export function encodeOne(
  pass: GPUComputePassEncoder,
  { pipeline, bindGroup, groups }: Encoded,
): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(groups[0], groups[1], groups[2]);
}

/** Runs a dispatch in a submit of its own. */
export function submitOne(gpu: Gpu, dispatch: Encoded): void {
  const { label } = dispatch;
  const encoder = gpu.device.createCommandEncoder({ label });
  const pass = encoder.beginComputePass({ label });
  encodeOne(pass, dispatch);
  pass.end();
  gpu.device.queue.submit([encoder.finish()]);
}

/** The copies into variables that could not be computed in place. */
export function encodeCopies(encoder: GPUCommandEncoder, plan: Plan): void {
  for (const c of plan.copies) {
    encoder.copyBufferToBuffer(c.from.buffer, c.fromOffset, c.to.buffer, c.toOffset, c.bytes);
  }
}

/** Writes what changes from run to run: plain numbers and host arrays. */
export function upload(gpu: Gpu, plan: Plan, graph: Graph): void {
  const { words, floats, uniforms } = plan;
  let first = plan.uploaded ? words.length : 0;
  let last = plan.uploaded ? -1 : words.length - 1;
  for (const { word, local, dtype } of plan.numbers) {
    const { value } = graph.nodes[local].attrs;
    const before = words[word];
    if (isFloat(dtype)) floats[word] = value;
    else words[word] = value;
    if (words[word] === before) continue;
    first = Math.min(first, word);
    last = Math.max(last, word);
  }
  if (uniforms && last >= first) {
    gpu.device.queue.writeBuffer(
      uniforms.buffer,
      first * 4,
      words.buffer,
      first * 4,
      (last - first + 1) * 4,
    );
  }
  plan.uploaded = true;
  for (const { local, memory } of plan.hosts) gpu.write(memory, 0, graph.nodes[local].attrs.data);
}
