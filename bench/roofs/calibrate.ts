import type { Roofs } from '../types.ts';
import barrier from './barrier.wgsl?raw';
import copy from './copy.wgsl?raw';
import fma from './fma.wgsl?raw';
import { type MicroKernel, microKernel } from './kernel.ts';
import launch from './launch.wgsl?raw';
import read from './read.wgsl?raw';
import wide from './wide.wgsl?raw';

/** A measurement lasts at least this long. */
const LONG_MS = 40;
const MIB = 2 ** 20;
/** Workgroups that are tried: enough for a CPU, and enough to fill a large GPU. */
const CROWDS = [64, 512, 4096];

/** The least of several timings, after one that warms up. */
async function best(time: () => Promise<number>, times = 4): Promise<number> {
  await time();
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) least = Math.min(least, await time());
  return least;
}

/** Raises the work until it lasts long enough; returns the work per millisecond at its best. */
async function rate(run: (work: number) => Promise<number>, first: number): Promise<number> {
  let work = first;
  for (let ms = await run(work); ms < LONG_MS && work < 2 ** 30; ms = await run(work)) {
    work *= Math.max(2, Math.min(8, Math.floor(LONG_MS / ms)));
  }
  return work / (await best(() => run(work)));
}

/** Multiply-adds in registers, in GFLOP/s. */
async function arithmetic(device: GPUDevice): Promise<number> {
  const flopsPerTurn = 8 * 3 * 4 * 2;
  const threads = 256 * (CROWDS.at(-1) as number);
  const kernel = microKernel(device, 'roof fma', fma, [4 * threads]);
  let most = 0;
  for (const groups of CROWDS) {
    const turns = (n: number) => {
      kernel.set(n);
      return kernel.time(groups);
    };
    most = Math.max(most, (await rate(turns, 16)) * groups * 256 * flopsPerTurn);
  }
  kernel.destroy();
  return most / 1e6;
}

/** Bytes moved in a working set of `size`, by the faster of reading and copying, in GB/s. */
async function bandwidth(device: GPUDevice, size: number): Promise<number> {
  const moved = 64 * MIB; // read by one run
  let most = 0;
  for (const [label, code, ways, unit] of [
    ['roof read', read, 1, 16],
    ['roof copy', copy, 2, 16],
    ['roof wide', wide, 2, 64],
  ] as const) {
    const kernel = microKernel(device, label, code, [size, size]);
    kernel.set(moved / unit, size / unit - 1);
    for (const groups of CROWDS.slice(0, 2)) {
      const ms = await best(() => kernel.time(groups), 2);
      const times = Math.ceil(LONG_MS / ms); // a fast adapter would show what its submits cost
      const many = times > 1 ? await best(() => kernel.time(groups, times), 2) : ms;
      most = Math.max(most, (ways * moved * times) / many);
    }
    kernel.destroy();
  }
  return most / 1e6;
}

/** What one more dispatch costs, and a submit that is waited for, in microseconds. */
async function launches(device: GPUDevice) {
  const kernel = microKernel(device, 'roof launch', launch, []);
  const one = await best(() => kernel.time(1), 20);
  const many = await best(() => kernel.time(1, 1001), 5);
  return { submit_us: 1000 * one, dispatch_us: Math.max(0, many - one) };
}

/** What one barrier costs a workgroup of 64, in nanoseconds. */
async function barriers(device: GPUDevice): Promise<number> {
  const kernel: MicroKernel = microKernel(device, 'roof barrier', barrier, [256]);
  const turns = (n: number) => {
    kernel.set(n);
    return best(() => kernel.time(1));
  };
  const [few, many] = [await turns(200), await turns(4200)];
  kernel.destroy();
  return Math.max(0, ((many - few) * 1e6) / 4000);
}

/** Measures what an adapter can do at most, on a device of its own. Takes a few seconds. */
export async function calibrateRoofs(adapter: GPUAdapter): Promise<Roofs> {
  const device = await adapter.requestDevice({ label: 'roofs' });
  try {
    return {
      gflops: await arithmetic(device),
      gbps: await bandwidth(device, 64 * MIB),
      cached_gbps: await bandwidth(device, MIB),
      ...(await launches(device)),
      barrier_ns: await barriers(device),
    };
  } finally {
    device.destroy();
  }
}
