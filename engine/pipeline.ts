import { EightfoldError } from './errors.ts';
import type { Gpu } from './gpu.ts';
import type { Kernel } from './kernel.ts';

/** What a pipeline is compiled from. */
export interface PipelineRequest {
  readonly label: string;
  readonly kernel: Kernel;
  /** The text the driver gets: the kernel's own, with a fused epilogue if there is one. */
  readonly code: string;
  readonly overrides: Readonly<Record<string, number>>;
  /** What each binding is, in order. */
  readonly access: readonly Access[];
}

export type Access = 'read' | 'read_write' | 'uniform';

/** The identity in a kernel's file that a fused chain replaces. */
const IDENTITY = /fn epilogue\(v: (f32|vec4f), i: u32\) -> \1 \{ return v; \}/;

/** A kernel's text with its epilogue function replaced; helpers it already has are kept once. */
export function withEpilogue(code: string, text: string): string {
  return code.replace(IDENTITY, () => text);
}

/** A kernel's text with `real` as half floats. */
export const asHalf = (code: string): string =>
  code.replace('alias real = f32;', 'alias real = f16;');

/** A text that may use half floats where it names them; its lines keep their numbers. */
export const withHalf = (code: string): string =>
  /\bf16\b/.test(code.replace(/\/\/.*/g, '')) ? `enable f16; ${code}` : code;

/** Compiled pipelines by text and override values: each is compiled once per device. */
export class Pipelines {
  private readonly gpu: Gpu;
  private readonly known = new Map<string, GPUComputePipeline>();
  private readonly preparing = new Map<string, Promise<void>>();
  private readonly layouts = new Map<string, GPUBindGroupLayout>();
  private readonly pending = new Set<Promise<unknown>>();

  constructor(gpu: Gpu) {
    this.gpu = gpu;
  }

  /** The pipeline, compiled now if need be; a compile error surfaces at the next await. */
  get(request: PipelineRequest): GPUComputePipeline {
    const key = keyOf(request);
    const known = this.known.get(key);
    if (known) return known;
    const { device } = this.gpu;
    this.gpu.onCompile?.(request.kernel.file);
    device.pushErrorScope('validation');
    const module = this.module(request);
    const pipeline = device.createComputePipeline(this.descriptor(request, module));
    const failed = device.popErrorScope().then(async (error) => {
      if (error) this.gpu.fail('kernel', await explain(request, module, error.message));
    });
    this.track(failed);
    this.known.set(key, pipeline);
    return pipeline;
  }

  /** Compiles ahead of use without blocking. Throws the compile error with file and line. */
  async prepare(request: PipelineRequest): Promise<void> {
    const key = keyOf(request);
    if (this.known.has(key)) return;
    const compiling = this.preparing.get(key) ?? this.compile(key, request);
    this.preparing.set(key, compiling);
    await compiling.finally(() => this.preparing.delete(key));
  }

  private async compile(key: string, request: PipelineRequest): Promise<void> {
    const { device } = this.gpu;
    this.gpu.onCompile?.(request.kernel.file);
    const module = this.module(request);
    try {
      this.known.set(
        key,
        await device.createComputePipelineAsync(this.descriptor(request, module)),
      );
    } catch (error) {
      const message = await explain(request, module, (error as Error).message);
      throw new EightfoldError('kernel', message);
    }
  }

  /** Resolves when no compilation result is outstanding. */
  async settled(): Promise<void> {
    while (this.pending.size) await Promise.all([...this.pending]);
  }

  /** Keeps a promise of an error check until it is known; device loss is reported elsewhere. */
  track(check: Promise<unknown>): void {
    const done = check.catch(() => undefined).finally(() => this.pending.delete(done));
    this.pending.add(done);
  }

  /** The layout of a kernel's bindings; explicit, since a fused chain may leave some unused. */
  layout(access: readonly Access[]): GPUBindGroupLayout {
    const key = access.join();
    const known = this.layouts.get(key);
    if (known) return known;
    const types = { read: 'read-only-storage', read_write: 'storage', uniform: 'uniform' } as const;
    const entries = access.map((a, binding) => {
      return { binding, visibility: GPUShaderStage.COMPUTE, buffer: { type: types[a] } };
    });
    const layout = this.gpu.device.createBindGroupLayout({ label: key, entries });
    this.layouts.set(key, layout);
    return layout;
  }

  private descriptor({ label, access, overrides }: PipelineRequest, module: GPUShaderModule) {
    const bindGroupLayouts = [this.layout(access)];
    return {
      label,
      layout: this.gpu.device.createPipelineLayout({ label, bindGroupLayouts }),
      compute: { module, entryPoint: 'main', constants: { ...overrides } },
    };
  }

  private module({ kernel, code }: PipelineRequest): GPUShaderModule {
    return this.gpu.device.createShaderModule({ label: kernel.file, code });
  }
}

const keyOf = ({ code, overrides }: PipelineRequest): string => JSON.stringify(overrides) + code;

/** A compile error for people: file, line, message and the source line. */
async function explain(
  { kernel, code, label }: PipelineRequest,
  module: GPUShaderModule,
  fallback: string,
): Promise<string> {
  const info = await module.getCompilationInfo().catch(() => null);
  const lines = code.split('\n');
  const errors = (info?.messages ?? [])
    .filter((m) => m.type === 'error')
    .map(
      (m) => `shaders/${kernel.file}:${m.lineNum}: ${m.message}\n    ${lines[m.lineNum - 1] ?? ''}`,
    );
  return `${label}: the kernel does not compile.\n${errors.join('\n') || fallback}`;
}
