import { type Clock, calibrate, type Plan, race } from '../measure.ts';
import fma from '../roofs/fma.wgsl?raw';
import { microKernel } from '../roofs/kernel.ts';
import type { Verdict, Work } from '../types.ts';
import { compare } from '../verdict.ts';

const GROUPS = 8;
const THREADS = 256 * GROUPS;
/** Many short samples: on a busy machine most of those are not interrupted. */
const plan: Plan = {
  mode: 'throughput',
  warmup: { least: 2, most: 20, budgetMs: 50 },
  sampleMs: 3,
  rounds: { least: 9, most: 400, budgetMs: 15_000 },
};

/** A kernel that only computes, `turns` times round its loop. */
function spinning(device: GPUDevice, label: string, turns: number): Work {
  const kernel = microKernel(device, label, fma, [4 * THREADS]);
  kernel.set(turns);
  return {
    call: () => kernel.queue(GROUPS),
    settle: () => device.queue.onSubmittedWorkDone().then(() => undefined),
    read: async () => [],
  };
}

/** Verdicts of the second kernel beside the first, one per trial. */
export interface Trials {
  equal: Verdict[];
  planted: Verdict[];
}

/**
 * Races a kernel against its twin, and against one that does more, again and again.
 * @param trials races of each kind
 * @param planted how much more the slower kernel does, such as 0.15
 * @param tell called with the fraction done
 */
export async function runTrials(
  adapter: GPUAdapter,
  trials: number,
  planted: number,
  now: Clock,
  quantumMs: number,
  tell: (fraction: number, note: string) => void,
): Promise<Trials> {
  const device = await adapter.requestDevice({ label: 'selftest' });
  try {
    const turns = await turnsOf(device, 1);
    const works = {
      base: spinning(device, 'base', turns),
      twin: spinning(device, 'twin', turns),
      slower: spinning(device, 'slower', Math.round(turns * (1 + planted))),
    };
    const loop = await calibrate(works.base, plan, now, quantumMs);
    const one = async (rival: 'twin' | 'slower') => {
      const loops = { base: loop, [rival]: loop };
      const { samples } = await race(works, loops, plan, now);
      return compare('base', samples[rival], samples.base).verdict;
    };
    const found: Trials = { equal: [], planted: [] };
    for (let i = 0; i < trials; i++) {
      tell(i / trials, 'racing equal kernels and a slower one');
      found.equal.push(await one('twin'));
      found.planted.push(await one('slower'));
    }
    return found;
  } finally {
    device.destroy();
  }
}

/** How many turns take this many milliseconds. */
async function turnsOf(device: GPUDevice, ms: number): Promise<number> {
  const kernel = microKernel(device, 'turns', fma, [4 * THREADS]);
  let turns = 64;
  for (let spent = 0; spent < ms && turns < 2 ** 24; turns *= 2) {
    kernel.set(turns);
    await kernel.time(GROUPS);
    spent = Math.min(await kernel.time(GROUPS), await kernel.time(GROUPS));
  }
  kernel.destroy();
  return turns;
}
