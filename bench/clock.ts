import type { Clocks } from './types.ts';

/** Greatest common divisor of whole numbers; 0 of none. */
export function gcd(numbers: readonly bigint[]): bigint {
  const pair = (a: bigint, b: bigint): bigint => (b === 0n ? a : pair(b, a % b));
  return numbers.reduce((a, b) => pair(a, b), 0n);
}

/** Smallest step of `now`, in milliseconds: the greatest common divisor of the steps it makes. */
export function quantumOf(now: () => number, steps = 200, patienceMs = 100): number {
  const nanoseconds: bigint[] = [];
  let last = now();
  const end = last + patienceMs;
  while (nanoseconds.length < steps && last < end) {
    const next = now();
    if (next !== last) nanoseconds.push(BigInt(Math.round((next - last) * 1e6)));
    last = next;
  }
  return Number(gcd(nanoseconds)) / 1e6;
}

/** Smallest step of timestamp queries in nanoseconds, from the raw ticks of many empty passes. */
async function timestampQuantum(device: GPUDevice): Promise<number> {
  const count = 128;
  const querySet = device.createQuerySet({ type: 'timestamp', count, label: 'ticks' });
  const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const size = 8 * count;
  const ticks = device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC, label: 'ticks' });
  const staging = device.createBuffer({ size, usage: COPY_DST | MAP_READ, label: 'ticks' });
  const encoder = device.createCommandEncoder({ label: 'ticks' });
  for (let i = 0; i < count; i += 2) {
    const [beginningOfPassWriteIndex, endOfPassWriteIndex] = [i, i + 1];
    const timestampWrites = { querySet, beginningOfPassWriteIndex, endOfPassWriteIndex };
    encoder.beginComputePass({ timestampWrites }).end();
  }
  encoder.resolveQuerySet(querySet, 0, count, ticks, 0);
  encoder.copyBufferToBuffer(ticks, 0, staging, 0, size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const raw = new BigUint64Array(staging.getMappedRange().slice(0));
  return Number(gcd([...raw].filter((tick) => tick > 0n)));
}

/** Finds the steps of both clocks on an adapter of this realm. */
export async function detectClocks(): Promise<Clocks> {
  const now_us = 1000 * quantumOf(() => performance.now());
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter?.features.has('timestamp-query')) return { now_us, timestamp_ns: null };
  const device = await adapter.requestDevice({ requiredFeatures: ['timestamp-query'] });
  try {
    return { now_us, timestamp_ns: await timestampQuantum(device) };
  } finally {
    device.destroy();
  }
}
