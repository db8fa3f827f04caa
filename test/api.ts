/** Calls of the WebGPU interface that a steady step may not make, or may make once. */
export interface Calls {
  buffers: number;
  bindGroups: number;
  pipelines: number;
  modules: number;
  submits: number;
  dispatches: number;
}

type Method = (...args: unknown[]) => unknown;
const watched: [string, string, keyof Calls][] = [
  ['GPUDevice', 'createBuffer', 'buffers'],
  ['GPUDevice', 'createBindGroup', 'bindGroups'],
  ['GPUDevice', 'createComputePipeline', 'pipelines'],
  ['GPUDevice', 'createComputePipelineAsync', 'pipelines'],
  ['GPUDevice', 'createShaderModule', 'modules'],
  ['GPUQueue', 'submit', 'submits'],
  ['GPUComputePassEncoder', 'dispatchWorkgroups', 'dispatches'],
  ['GPUComputePassEncoder', 'dispatchWorkgroupsIndirect', 'dispatches'],
];

/** Counts the WebGPU calls that `run` makes before it returns. */
export function calls(run: () => void): Calls {
  const { counts, restore } = counting();
  try {
    run();
  } finally {
    restore();
  }
  return counts;
}

/** Counts the WebGPU calls until what `run` promises has come. */
export async function callsUntil(run: () => Promise<unknown>): Promise<Calls> {
  const { counts, restore } = counting();
  try {
    await run();
  } finally {
    restore();
  }
  return counts;
}

function counting() {
  const counts = { buffers: 0, bindGroups: 0, pipelines: 0, modules: 0, submits: 0, dispatches: 0 };
  const undo = watched.map(([type, name, kind]) => {
    const { prototype } = (globalThis as unknown as Record<string, { prototype: object }>)[type];
    const methods = prototype as Record<string, Method>;
    const original = methods[name];
    methods[name] = function (...args) {
      counts[kind]++;
      return original.apply(this, args);
    };
    return () => {
      methods[name] = original;
    };
  });
  const restore = () => {
    for (const one of undo) one();
  };
  return { counts, restore };
}
