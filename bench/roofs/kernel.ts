/** A micro-kernel with its buffers, ready to be dispatched. */
export interface MicroKernel {
  /** Dispatches it `times` in one pass, submits and waits; returns milliseconds by the wall clock. */
  time(groups: number, times?: number): Promise<number>;
  /** Queues dispatches without waiting. */
  queue(groups: number, times?: number): void;
  /** Writes the fields of Params. */
  set(...params: number[]): void;
  destroy(): void;
}

/**
 * Builds a micro-kernel.
 * @param buffers bytes of its storage buffers in binding order; Params follow where there are any
 */
export function microKernel(
  device: GPUDevice,
  label: string,
  code: string,
  buffers: readonly number[],
): MicroKernel {
  const module = device.createShaderModule({ label, code });
  const pipeline = device.createComputePipeline({ label, layout: 'auto', compute: { module } });
  const { STORAGE, UNIFORM, COPY_DST } = GPUBufferUsage;
  const storage = buffers.map((size) => device.createBuffer({ label, size, usage: STORAGE }));
  const uniform = device.createBuffer({ label, size: 16, usage: UNIFORM | COPY_DST });
  const bound = buffers.length > 0 ? [...storage, uniform] : [];
  const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const group =
    entries.length > 0
      ? device.createBindGroup({ label, layout: pipeline.getBindGroupLayout(0), entries })
      : null;
  const queue = (groups: number, times = 1) => {
    const encoder = device.createCommandEncoder({ label });
    const pass = encoder.beginComputePass({ label });
    pass.setPipeline(pipeline);
    if (group) pass.setBindGroup(0, group);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(groups);
    pass.end();
    device.queue.submit([encoder.finish()]);
  };
  return {
    queue,
    async time(groups, times = 1) {
      const from = performance.now();
      queue(groups, times);
      await device.queue.onSubmittedWorkDone();
      return performance.now() - from;
    },
    set: (...params) => device.queue.writeBuffer(uniform, 0, Uint32Array.from(params)),
    destroy() {
      for (const buffer of [...storage, uniform]) buffer.destroy();
    },
  };
}
