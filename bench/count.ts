import { countCompiling } from './compiling.ts';
import { rememberShaders } from './shaders.ts';
import { tap } from './tap.ts';
import type { Counts } from './types.ts';

/** What happened on one device so far. */
export interface Ledger extends Counts {
  liveBytes: number;
  peakBytes: number;
  /** Wall time in which at least one pipeline was being compiled. */
  compileMs: number;
  /** Messages of errors that nobody caught: validation, out of memory. */
  errors: string[];
}

const none = (): Ledger => ({
  dispatches: 0,
  submits: 0,
  passes: 0,
  buffers: 0,
  bindGroups: 0,
  pipelines: 0,
  writes: 0,
  copies: 0,
  liveBytes: 0,
  peakBytes: 0,
  compileMs: 0,
  errors: [],
});

const ledgers = new Map<string, Ledger>();
/** Which ledger a device, and whatever was made by it, writes to. */
const owner = new WeakMap<object, Ledger>();
const sizes = new WeakMap<GPUBuffer, number>();
let claimant = 'nobody';

/** Devices requested from now on are booked under this name. */
export function claim(name: string): void {
  claimant = name;
  ledgers.set(name, none());
}

/** A copy of the books of `name`. */
export const ledger = (name: string): Ledger => ({ ...(ledgers.get(name) ?? none()) });

/** What happened between two readings, per call. */
export function perCall(before: Counts, after: Counts, calls: number): Counts {
  const mean = (key: keyof Counts) => (after[key] - before[key]) / calls;
  return {
    dispatches: mean('dispatches'),
    submits: mean('submits'),
    passes: mean('passes'),
    buffers: mean('buffers'),
    bindGroups: mean('bindGroups'),
    pipelines: mean('pipelines'),
    writes: mean('writes'),
    copies: mean('copies'),
  };
}

let watched = false;

/** Wraps the WebGPU prototypes of this realm, once. Call before any device is requested. */
export function watch(): void {
  if (watched) return;
  watched = true;
  const count = (type: { prototype: object }, key: keyof Counts, ...methods: string[]) => {
    for (const method of methods) {
      tap(type, method, (self) => {
        const books = owner.get(self);
        if (books) books[key] += 1;
      });
    }
  };
  const inherit = (type: { prototype: object }, method: string) =>
    tap(type, method, (self, _args, made) => {
      const books = owner.get(self);
      if (books) owner.set(made as object, books);
    });

  countCompiling((device) => owner.get(device));
  rememberShaders();
  watchDevices();
  watchBuffers();
  inherit(GPUDevice, 'createCommandEncoder');
  inherit(GPUCommandEncoder, 'beginComputePass');
  count(GPUDevice, 'bindGroups', 'createBindGroup');
  count(GPUDevice, 'pipelines', 'createComputePipeline', 'createComputePipelineAsync');
  count(GPUCommandEncoder, 'passes', 'beginComputePass');
  const copies = ['copyBufferToBuffer', 'clearBuffer'];
  count(GPUCommandEncoder, 'copies', ...copies);
  const dispatches = ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'];
  count(GPUComputePassEncoder, 'dispatches', ...dispatches);
  count(GPUQueue, 'submits', 'submit');
  count(GPUQueue, 'writes', 'writeBuffer');
}

/** Books a device under the claimant at the time of its request. */
function watchDevices(): void {
  const original = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const books = ledgers.get(claimant);
    const device = await original.call(this, descriptor);
    if (books) {
      owner.set(device, books);
      owner.set(device.queue, books);
      device.addEventListener('uncapturederror', ({ error }) => books.errors.push(error.message));
    }
    return device;
  };
}

function watchBuffers(): void {
  tap(GPUDevice, 'createBuffer', (self, [descriptor], made) => {
    const books = owner.get(self);
    if (!books) return;
    const { size } = descriptor as GPUBufferDescriptor;
    const buffer = made as GPUBuffer;
    owner.set(buffer, books);
    sizes.set(buffer, size);
    books.buffers += 1;
    books.liveBytes += size;
    books.peakBytes = Math.max(books.peakBytes, books.liveBytes);
  });
  tap(GPUBuffer, 'destroy', (self) => {
    const books = owner.get(self);
    const buffer = self as GPUBuffer;
    if (!books) return;
    books.liveBytes -= sizes.get(buffer) ?? 0;
    sizes.delete(buffer);
  });
}
