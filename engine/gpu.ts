import type { Choice, Tuning } from './choose.ts';
import { demand, EightfoldError, type ErrorKind } from './errors.ts';
import { demandHalf, fromHalf } from './half.ts';
import { Pipelines } from './pipeline.ts';
import type { Plan } from './bind.ts';
import { resetDraws } from './random.ts';
import { assignLazy, makeStep, readLazy, type StepFunction, type StepOptions } from './step.ts';
import { adapterClass } from './tuning.ts';
import { findNonFinite, type NonFinite, type ProfileEvent, profile } from './trace.ts';
import { type Walk, walk } from './walk.ts';
import {
  type Arg,
  bytesOf,
  type DType,
  dims,
  type Tensor,
  type TypedArray,
  Variable,
} from './tensor.ts';

/** A GPU buffer that the engine owns, with what it needs to account for it. */
export interface Memory {
  readonly id: number;
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

/** What `open` takes. */
export interface OpenOptions {
  /** Seed of all random numbers. 0 unless given. */
  seed?: number;
  /** A device of the caller's own, instead of a new one. */
  device?: GPUDevice;
  powerPreference?: GPUPowerPreference;
  /**
   * Which variants are fastest on this adapter, as `npm run bench -- --tune` writes it; or what finds
   * the table of a class of adapters, such as `loadTuning`. Heuristics decide where there is none.
   */
  tuning?: Tuning | ((adapterClass: string) => Promise<Tuning | null>);
  /** Texts of kernels that are taken in place of their own, by file below shaders/. None unless given. */
  texts?: Readonly<Record<string, string>>;
}

/** Bytes of GPU memory. */
export interface MemoryReport {
  /** Allocated now. */
  live: number;
  /** The most ever allocated at once. */
  peak: number;
  /** Number of buffers allocated now. */
  buffers: number;
  /** Bytes of each living variable, by name. */
  variables: Record<string, number>;
}

let current: Gpu | null = null;

/** The engine opened last. Throws when none is open. */
export function currentGpu(): Gpu {
  if (current) return current;
  throw new EightfoldError(
    'not-open',
    'no engine is open: ops need one. Call `await open()` first.',
  );
}

/**
 * Opens a WebGPU device with all the limits and the useful features its adapter has, and makes it
 * the engine that ops run on. Throws a typed error that says what to do where there is no WebGPU.
 */
export async function open(options: OpenOptions = {}): Promise<Gpu> {
  const adapter = options.device ? null : await requestAdapter(options.powerPreference);
  const device = options.device ?? (await requestDevice(adapter as GPUAdapter));
  const { tuning } = options;
  const found =
    typeof tuning === 'function' ? await tuning(adapterClass(device.adapterInfo)) : tuning;
  current = new Gpu(device, options.seed ?? 0, found ?? {}, options.texts ?? {});
  resetDraws();
  return current;
}

async function requestAdapter(powerPreference?: GPUPowerPreference): Promise<GPUAdapter> {
  const where = globalThis.navigator?.gpu;
  if (!where) {
    throw new EightfoldError(
      'no-webgpu',
      'no WebGPU: navigator.gpu is missing. Use a current Chrome, Edge, Safari or Firefox on a ' +
        'secure page (https or localhost).',
    );
  }
  const adapter = await where.requestAdapter({ powerPreference });
  if (adapter) return adapter;
  throw new EightfoldError(
    'no-webgpu',
    'no WebGPU adapter: the browser offers none. Turn on hardware acceleration, update the ' +
      'graphics driver, reload the page, or restart the browser if its GPU process has crashed. ' +
      'Headless Chrome needs --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader.',
  );
}

function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const useful = ['timestamp-query', 'subgroups', 'shader-f16'] as GPUFeatureName[];
  const requiredLimits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') requiredLimits[name] = value;
  }
  return adapter.requestDevice({
    label: 'eightfold',
    requiredFeatures: useful.filter((f) => adapter.features.has(f)),
    requiredLimits,
  });
}

let memories = 0;

/** An open engine: the device, its memory, its pipelines and the steps made on it. */
export class Gpu {
  readonly device: GPUDevice;
  readonly seed: number;
  readonly features: ReadonlySet<string>;
  readonly limits: GPUSupportedLimits;
  readonly software: boolean;
  readonly subgroupSize: number | null;
  readonly tuning: Tuning;
  readonly texts: Readonly<Record<string, string>>;
  readonly pipelines: Pipelines;
  /** Buffers that plans use for intermediate results, shared by all plans. */
  readonly arena: { memory: Memory; users: Set<Plan> }[] = [];
  /** Steps made so far: each has its own random stream. */
  streams = 0;
  /** Called with a kernel's name whenever one is compiled. */
  onCompile: ((kernel: string) => void) | null = null;
  /** Called with every choice of a variant, while a step is planned. */
  onChoice: ((choice: Choice) => void) | null = null;
  private readonly memories = new Map<number, Memory>();
  private readonly variables = new Set<Variable>();
  private readonly staging = new Map<number, GPUBuffer[]>();
  private live = 0;
  private peak = 0;
  private failure: EightfoldError | null = null;

  constructor(
    device: GPUDevice,
    seed: number,
    tuning: Tuning,
    texts: Readonly<Record<string, string>>,
  ) {
    this.device = device;
    this.seed = seed;
    this.tuning = tuning;
    this.texts = texts;
    this.features = device.features as ReadonlySet<string>;
    this.limits = device.limits;
    const info = device.adapterInfo ?? {};
    this.software = /swiftshader|llvmpipe|lavapipe|warp|basic render/i.test(
      `${info.vendor} ${info.architecture} ${info.device} ${info.description}`,
    );
    const fixed = info.subgroupMinSize === info.subgroupMaxSize && device.features.has('subgroups');
    this.subgroupSize = fixed ? (info.subgroupMinSize ?? null) : null;
    this.pipelines = new Pipelines(this);
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      const { error } = event as GPUUncapturedErrorEvent;
      const kind = error instanceof GPUOutOfMemoryError ? 'out-of-memory' : 'gpu';
      // A kernel that does not compile explains itself better than what its use brings about.
      this.pipelines.settled().then(() => this.fail(kind, error.message));
    });
    device.lost.then(({ reason, message }) => {
      this.failure = new EightfoldError(
        'device-lost',
        `GPU device lost (${reason || 'unknown'}): ${message || 'no details'}. ` +
          'Call open() again and restore the last checkpoint; if that fails, reload the page.',
      );
    });
  }

  /** Name of the adapter for people, e.g. `google swiftshader`. */
  get adapterName(): string {
    const { vendor, architecture, description } = this.device.adapterInfo ?? {};
    return [vendor, architecture, description].filter(Boolean).join(' ') || 'unknown adapter';
  }

  /** Throws the first failure of the device, if there was one. */
  check(): void {
    if (this.failure) throw this.failure;
  }

  /** Remembers a failure; the next call that needs the device throws it. */
  fail(kind: ErrorKind, message: string): void {
    this.failure ??= new EightfoldError(kind, message);
  }

  /** Makes a step: `fn` is recorded, planned and run at each call of the result. */
  step<A extends unknown[], R>(fn: (...args: A) => R, options?: StepOptions): StepFunction<A, R> {
    return makeStep(this, fn, options);
  }

  /** Allocates zeroed GPU memory. Throws when it is larger than a binding may be. */
  allocate(bytes: number, label: string, usage = 0): Memory {
    this.check();
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const limit = Math.min(this.limits.maxStorageBufferBindingSize, this.limits.maxBufferSize);
    if (size > limit) {
      throw new EightfoldError(
        'limit',
        `${label}: needs ${size} bytes, this adapter binds at most ${limit}. ` +
          'Use smaller batches or split the tensor.',
      );
    }
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    const buffer = this.device.createBuffer({
      label,
      size,
      usage: usage || STORAGE | COPY_SRC | COPY_DST,
    });
    const memory = { id: ++memories, buffer, bytes: size };
    this.memories.set(memory.id, memory);
    this.live += size;
    this.peak = Math.max(this.peak, this.live);
    return memory;
  }

  free(memory: Memory): void {
    if (!this.memories.delete(memory.id)) return;
    this.live -= memory.bytes;
    memory.buffer.destroy();
  }

  /** Copies host data to the GPU; sizes that are no multiple of 4 bytes are padded. */
  write(memory: Memory, offset: number, data: TypedArray): void {
    this.check();
    const bytes = data.byteLength;
    if (bytes % 4 === 0) {
      this.device.queue.writeBuffer(memory.buffer, offset, data as Float32Array<ArrayBuffer>);
      return;
    }
    const padded = new Uint8Array(Math.ceil(bytes / 4) * 4);
    padded.set(new Uint8Array(data.buffer, data.byteOffset, bytes));
    this.device.queue.writeBuffer(memory.buffer, offset, padded);
  }

  /** Copies GPU memory to the host, as it is after all work submitted so far. */
  async read(memory: Memory, offset: number, size: number, dtype: DType): Promise<TypedArray> {
    this.check();
    const bytes = Math.max(4, Math.ceil(bytesOf(size, dtype) / 4) * 4);
    const staging = this.takeStaging(bytes);
    const encoder = this.device.createCommandEncoder({ label: 'read' });
    encoder.copyBufferToBuffer(memory.buffer, offset, staging, 0, bytes);
    this.device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(GPUMapMode.READ, 0, bytes);
    } catch (error) {
      // A lost device rejects the mapping before or after it says that it is lost.
      const pause = new Promise((done) => setTimeout(done, 500));
      await Promise.race([this.device.lost.then(() => undefined), pause]);
      await this.settle();
      throw new EightfoldError('gpu', `read: ${(error as Error).message}`);
    }
    const copy = staging.getMappedRange(0, bytes).slice(0);
    staging.unmap();
    this.staging.get(staging.size)?.push(staging);
    await this.settle();
    if (dtype === 'f16') return fromHalf(new Uint16Array(copy, 0, size));
    const Type = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array }[dtype];
    return new Type(copy, 0, size);
  }

  private takeStaging(bytes: number): GPUBuffer {
    const size = 2 ** Math.ceil(Math.log2(Math.max(256, bytes)));
    const free = this.staging.get(size);
    if (!free) this.staging.set(size, []);
    const { MAP_READ, COPY_DST } = GPUBufferUsage;
    return (
      free?.pop() ??
      this.device.createBuffer({ label: 'staging', size, usage: MAP_READ | COPY_DST })
    );
  }

  /** Resolves when all submitted work is done. Throws what went wrong meanwhile. */
  async idle(): Promise<void> {
    this.check();
    await this.device.queue.onSubmittedWorkDone();
    await this.settle();
  }

  /** Lets pending error events arrive, then throws the first failure. */
  private async settle(): Promise<void> {
    await this.pipelines.settled();
    this.check();
  }

  /** A variable of this engine; use `variable()`. */
  createVariable(shape: readonly number[], dtype: DType, name = ''): Variable {
    demand(
      shape.every((d) => Number.isInteger(d) && d >= 0),
      () => `variable: ${dims(shape)} is no shape. Use integers of at least 0.`,
    );
    if (dtype === 'f16') demandHalf(this, 'variable');
    const v = new Variable(this, shape, dtype, name);
    this.variables.add(v);
    return v;
  }

  forget(v: Variable): void {
    this.variables.delete(v);
  }

  /** The value of a lazy tensor, computed now. */
  evaluate(t: Tensor): Promise<TypedArray> {
    return readLazy(this, t);
  }

  /** Sets a variable outside a step. */
  assignNow(v: Variable, value: Arg): void {
    assignLazy(this, v, value);
  }

  /** GPU memory in bytes: live, peak and by variable. */
  memory(): MemoryReport {
    const variables: Record<string, number> = {};
    for (const v of this.variables) {
      if (!v.base) variables[v.name] = (variables[v.name] ?? 0) + v.memory.bytes;
    }
    return { live: this.live, peak: this.peak, buffers: this.memories.size, variables };
  }

  /** Runs `fn` and times each dispatch of the steps it calls: op, kernel, shapes, ms, bytes, flops. */
  profile<T>(fn: () => T): Promise<{ result: T; events: ProfileEvent[] }> {
    return profile(this, fn);
  }

  /** Runs the steps that `fn` calls one dispatch after another, each when the walk is told. */
  walk<T>(fn: () => T): Walk<T> {
    return walk(this, fn);
  }

  /**
   * Runs `fn` one dispatch at a time and returns the first whose result holds a NaN or an infinity,
   * or null. Slow: for finding where a training went wrong.
   */
  findNonFinite(fn: () => unknown): Promise<NonFinite | null> {
    return findNonFinite(this, fn);
  }

  /** Forgets the peak, so that the next report shows the peak from now on. */
  resetPeak(): void {
    this.peak = this.live;
  }

  /** Frees everything and closes the device; tensors and variables of this engine are dead. */
  close(): void {
    this.fail('device-lost', 'the engine was closed. Call open() again.');
    for (const memory of [...this.memories.values()]) this.free(memory);
    for (const buffers of this.staging.values()) for (const b of buffers) b.destroy();
    this.device.destroy();
    if (current === this) current = null;
  }
}
