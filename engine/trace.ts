import type { Encoded, Plan } from './bind.ts';
import { encodeCopies, encodeOne, submitOne, upload } from './execute.ts';
import type { Gpu } from './gpu.ts';
import { observe } from './step.ts';

/** One dispatch of a profile. */
export interface ProfileEvent {
  /** The ops that ran, `add+relu` for a fused group. */
  readonly op: string;
  /** The kernel's file below shaders/. */
  readonly kernel: string;
  /** The text the driver got. */
  readonly code: string;
  readonly shapes: string;
  readonly groups: readonly number[];
  /** Milliseconds on the GPU; NaN where the adapter has no timestamps. */
  readonly ms: number;
  /** Bytes of all bound tensors, each counted once. */
  readonly bytes: number;
  readonly flops: number;
}

/**
 * Runs `fn` and times each dispatch of the steps it calls, with timestamp queries. The events also
 * appear as a track of the browser's Performance panel.
 */
export async function profile<T>(
  gpu: Gpu,
  fn: () => T,
): Promise<{ result: T; events: ProfileEvent[] }> {
  const reads: Promise<ProfileEvent[]>[] = [];
  const result = observe((_, plan, graph) => {
    upload(gpu, plan, graph);
    reads.push(timed(gpu, plan));
  }, fn);
  return { result, events: (await Promise.all(reads)).flat() };
}

/** Runs each dispatch in a pass of its own between two timestamps. */
async function timed(gpu: Gpu, plan: Plan): Promise<ProfileEvent[]> {
  const { device } = gpu;
  const count = plan.encoded.length * 2;
  const stamps = gpu.features.has('timestamp-query') && count > 0;
  const querySet = stamps ? device.createQuerySet({ type: 'timestamp', count }) : null;
  const encoder = device.createCommandEncoder({ label: 'profile' });
  plan.encoded.forEach((dispatch, i) => {
    const timestampWrites = querySet
      ? { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 }
      : undefined;
    const pass = encoder.beginComputePass({ label: dispatch.label, timestampWrites });
    encodeOne(pass, dispatch);
    pass.end();
  });
  encodeCopies(encoder, plan);
  const times = querySet ? await readTimes(gpu, encoder, querySet) : submitOnly(gpu, encoder);
  const start = performance.now();
  let at = start;
  return plan.encoded.map((d, i) => {
    const ms = times ? Number(times[2 * i + 1] - times[2 * i]) / 1e6 : Number.NaN;
    at = mark(d.label, d.request.kernel.file, at, ms);
    return eventOf(d, ms);
  });
}

/** What there is to say of a dispatch that took so long. */
export function eventOf({ request, ...dispatch }: Encoded, ms: number): ProfileEvent {
  const { op, shapes, groups, bytes, flops } = dispatch;
  return {
    op,
    kernel: request.kernel.file,
    code: request.code,
    shapes,
    groups,
    ms,
    bytes,
    flops,
  };
}

function submitOnly(gpu: Gpu, encoder: GPUCommandEncoder): null {
  gpu.device.queue.submit([encoder.finish()]);
  return null;
}

async function readTimes(gpu: Gpu, encoder: GPUCommandEncoder, querySet: GPUQuerySet) {
  const size = querySet.count * 8;
  const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const resolved = gpu.device.createBuffer({
    size,
    usage: QUERY_RESOLVE | COPY_SRC,
    label: 'times',
  });
  const staging = gpu.device.createBuffer({ size, usage: COPY_DST | MAP_READ, label: 'times' });
  encoder.resolveQuerySet(querySet, 0, querySet.count, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
  gpu.device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const times = new BigUint64Array(staging.getMappedRange().slice(0));
  for (const object of [resolved, staging, querySet]) object.destroy();
  return times;
}

/** Puts an event on the GPU track of the Performance panel; returns where it ends. */
function mark(label: string, kernel: string, start: number, ms: number): number {
  if (Number.isNaN(ms)) return start;
  const devtools = { track: 'GPU', trackGroup: 'eightfold', properties: [['kernel', kernel]] };
  performance.measure(label, { start, end: start + ms, detail: { devtools } });
  performance.clearMeasures(label);
  return start + ms;
}

/** Where the first value that is no finite number was stored. */
export interface NonFinite {
  readonly op: string;
  readonly kernel: string;
  readonly shapes: string;
  /** How many of the result's elements are NaN or infinite. */
  readonly count: number;
}

/** Runs the steps called inside `fn` dispatch by dispatch and looks at the bits of each result. */
export async function findNonFinite(gpu: Gpu, fn: () => unknown): Promise<NonFinite | null> {
  const checks: Promise<NonFinite | null>[] = [];
  observe((_, plan, graph) => {
    upload(gpu, plan, graph);
    for (const d of plan.encoded) {
      submitOne(gpu, d);
      checks.push(countNonFinite(gpu, d));
    }
    const encoder = gpu.device.createCommandEncoder({ label: 'copies' });
    encodeCopies(encoder, plan);
    gpu.device.queue.submit([encoder.finish()]);
  }, fn);
  const found = await Promise.all(checks);
  return found.find((c) => c !== null) ?? null;
}

async function countNonFinite(gpu: Gpu, d: Encoded): Promise<NonFinite | null> {
  const floats = d.writes.filter((w) => w.dtype === 'f32');
  // All copies are submitted before the first await, while the results still lie there.
  const values = await Promise.all(floats.map((w) => gpu.read(w.memory, w.offset, w.size, 'f32')));
  let count = 0;
  for (const array of values) {
    const bits = new Uint32Array(array.buffer, 0, array.length);
    for (const b of bits) if ((b & 0x7f800000) === 0x7f800000) count++;
  }
  const { op, shapes, request } = d;
  return count ? { op, kernel: request.kernel.file, shapes, count } : null;
}
