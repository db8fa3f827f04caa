import { tap } from './tap.ts';
import type { Shader } from './types.ts';

const codes = new WeakMap<object, string>();
const built = new WeakMap<object, Omit<Shader, 'groups'>>();
const current = new WeakMap<object, object>();
let recorded: Shader[] | null = null;

/** Remembers the text of every module and which pipeline a pass uses. Called by `watch`. */
export function rememberShaders(): void {
  tap(GPUDevice, 'createShaderModule', (_, [descriptor], made) => {
    codes.set(made as object, (descriptor as GPUShaderModuleDescriptor).code);
  });
  const remember = (descriptor: unknown, pipeline: object) => {
    const { label, compute } = descriptor as GPUComputePipelineDescriptor;
    built.set(pipeline, {
      label: label || compute.module.label || 'unnamed',
      code: codes.get(compute.module) ?? '',
      constants: { ...compute.constants },
    });
  };
  tap(GPUDevice, 'createComputePipeline', (_, [descriptor], made) =>
    remember(descriptor, made as object),
  );
  tap(GPUDevice, 'createComputePipelineAsync', (_, [descriptor], made) => {
    const compiled = made as Promise<GPUComputePipeline>;
    compiled.then((pipeline) => remember(descriptor, pipeline)).catch(() => undefined);
  });
  tap(GPUComputePassEncoder, 'setPipeline', (pass, [pipeline]) =>
    current.set(pass, pipeline as object),
  );
  const dispatched = (pass: object, groups: Shader['groups']) => {
    const shader = built.get(current.get(pass) ?? pass);
    if (recorded && shader) recorded.push({ ...shader, groups });
  };
  tap(GPUComputePassEncoder, 'dispatchWorkgroups', (pass, [x, y = 1, z = 1]) =>
    dispatched(pass, [x, y, z] as [number, number, number]),
  );
  tap(GPUComputePassEncoder, 'dispatchWorkgroupsIndirect', (pass) => dispatched(pass, null));
}

/** What is dispatched, by anyone, while `run` runs. */
export async function shadersOf(run: () => Promise<unknown>): Promise<Shader[]> {
  const own: Shader[] = [];
  recorded = own;
  try {
    await run();
  } finally {
    recorded = null;
  }
  return own;
}
