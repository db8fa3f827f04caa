import type { Gpu } from '../engine/index.ts';
import { toBase64 } from './bytes.ts';
import type { Emit, MeasureInput, MeasureOutput, RunInput, SoakOutput } from './jobs.ts';
import { openTraining, readLosses, type Training } from './training.ts';

const LOG_EVERY = 100;

/** Trains a run to its end and measures it on the test data. */
export async function measure(input: MeasureInput, emit: Emit): Promise<MeasureOutput> {
  const training = await openTraining(input);
  const seconds = await trainThrough(training, input, emit);
  return { seconds, adapter: training.gpu.adapterName, test: await training.evaluate() };
}

/**
 * Trains a run to its last step, telling Node of losses and of checkpoints; the time that all its training
 * took, seconds. Throws Diverged when a loss that it looks at is no number.
 */
export async function trainThrough(
  training: Training,
  { settings, saveEvery, seconds }: MeasureInput,
  emit: Emit,
): Promise<number> {
  await training.prepare(); // compiling is not training
  const started = performance.now();
  const passed = () => seconds + (performance.now() - started) / 1000;
  const steps = settings.steps as number;
  while (training.done < steps) {
    await advanceTo(training, Math.min(steps, training.done + saveEvery), emit);
    const checkpoint = toBase64(await training.save());
    await emit({ kind: 'checkpoint', step: training.done, checkpoint, seconds: passed() });
  }
  return passed();
}

/** Trains and counts what the GPU holds after step 2 and at the end, and objects made between. */
export async function soak(input: RunInput, emit: Emit): Promise<SoakOutput> {
  const training = await openTraining(input);
  const { gpu } = training;
  for (let i = 0; i < 2; i++) await readLosses(training.done + 1, training.advance());
  const held = () => ({ live: gpu.memory().live, buffers: gpu.memory().buffers });
  const second = held();
  const created = countCreation(gpu);
  await advanceTo(training, input.settings.steps as number, emit);
  return { second, last: held(), created, adapter: gpu.adapterName };
}

/** Trains to a step, telling Node of losses. */
export async function advanceTo(training: Training, steps: number, emit: Emit): Promise<void> {
  while (training.done < steps) {
    const losses = training.advance();
    if (training.done % LOG_EVERY && training.done !== steps) continue;
    await emit({ kind: 'log', line: await readLosses(training.done, losses) });
  }
}

/** Counts, from now on, the GPU objects that training must not make in its steady state. */
function countCreation({ device }: Gpu): Record<string, number> {
  const counts: Record<string, number> = {};
  const names = [
    'createBuffer',
    'createBindGroup',
    'createComputePipeline',
    'createComputePipelineAsync',
    'createShaderModule',
  ] as const;
  for (const name of names) {
    counts[name] = 0;
    const create = device[name].bind(device) as (...args: unknown[]) => unknown;
    const counted = (...args: unknown[]) => {
      counts[name]++;
      return create(...args);
    };
    Object.assign(device, { [name]: counted });
  }
  return counts;
}
