import { open, type Tensor } from '../engine/index.ts';
import { begin, type Training } from './begin.ts';
import { fromBase64, toBase64 } from './bytes.ts';
import type { Model } from '../models/model.ts';
import type { MetricsLine } from './folder.ts';
import type { Emit, RunInput, TrainInput, TrainOutput } from './jobs.ts';
import { showSamples } from './shown.ts';

export type { Training };

/** Opens the GPU, the data and the model of a run, from a checkpoint where there is one. */
export async function openTraining(input: RunInput): Promise<Training> {
  const { seed, checkpoint } = input;
  const training = await begin(await open({ seed }), input);
  if (checkpoint) training.restore(await fromBase64(checkpoint));
  return training;
}

/** Numbers that training changes. */
export const parametersOf = ({ optimisers }: Model): number =>
  Object.values(optimisers)
    .flatMap((o) => o.variables)
    .reduce((sum, v) => sum + v.size, 0);

const stopping = new AbortController();

/** Is aborted when the work in progress is to end: training saves and returns, a draw throws. */
export const stopped = stopping.signal;

/** Asks the work in progress to end. */
export function stop(): void {
  stopping.abort();
}

/** Trains to the last step, or until `stop`, telling Node of losses and checkpoints as it goes. */
export async function train(input: TrainInput, emit: Emit): Promise<TrainOutput> {
  const { logEvery, saveEvery } = input;
  const steps = input.settings.steps as number;
  const training = await openTraining(input);
  const { gpu, model } = training;
  await emit({
    kind: 'open',
    adapter: gpu.adapterName,
    software: gpu.software,
    parameters: parametersOf(model),
    start: training.done,
  });

  await emit({ kind: 'stage', text: 'compiling kernels' });
  await training.prepare();

  const saveNow = async () => {
    const checkpoint = toBase64(await training.save());
    const shown = await showSamples(training, 64);
    await emit({ kind: 'save', step: training.done, checkpoint, shown });
  };
  const started = performance.now();
  let saved = training.done;
  while (training.done < steps && !stopped.aborted) {
    const losses = training.advance();
    const step = training.done;
    if (step % logEvery === 0 || step === steps) {
      await emit({ kind: 'log', line: await readLosses(step, losses) });
    }
    if (step % saveEvery === 0) {
      await saveNow();
      saved = step;
    }
  }
  if (saved !== training.done) await saveNow();
  const seconds = (performance.now() - started) / 1000;
  const ended = training.done < steps;
  const measured = !ended && input.evaluate;
  if (measured) await emit({ kind: 'stage', text: 'measuring on test data' });
  const test = measured ? await training.evaluate() : null;
  return { step: training.done, stopped: ended, seconds, test };
}

/** Training that came to a loss that is no number. */
export class Diverged extends Error {
  readonly step: number;

  constructor(step: number, what: string) {
    super(`${what} at step ${step}. Lower --lr, or change --seed; the last checkpoint is kept.`);
    this.step = step;
  }
}

/** The losses of a step as numbers. Throws when one is not finite: going on would only spread it. */
export async function readLosses(
  step: number,
  losses: Record<string, Tensor>,
): Promise<MetricsLine> {
  const names = Object.keys(losses);
  const values = await Promise.all(names.map((name) => losses[name].item()));
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new Diverged(step, `${names[bad]} is ${values[bad]}`);
  }
  return { step, ...Object.fromEntries(names.map((name, i) => [name, values[i]])) };
}
