import { toBase64 } from '../../run/bytes.ts';
import type { Session } from '../session.ts';
import { readKept } from '../store/runs.ts';
import type { StudioApp } from '../studio-app.ts';
import { packRecording } from './format.ts';

/** What run/record.ts has the studio's page do. */
const session = () => (document.querySelector('studio-app') as StudioApp).session as Session;

/** Starts to train as soon as the model is open; the steps there are. */
export async function start(): Promise<number> {
  while (session().phase !== 'paused') {
    const { error } = session();
    if (error) throw new Error(error.message);
    await new Promise((done) => setTimeout(done, 100));
  }
  session().send({ kind: 'play' });
  return session().run.settings.steps as number;
}

/** Where training stands. */
export interface Stand {
  step: number;
  /** Up to which step it is kept. */
  kept: number;
  losses: Record<string, number>;
  error: string;
}

/** Where training stands. */
export function stand(): Stand {
  const { curve, kept, error, notice } = session();
  const losses = curve.names.map((name, i) => [name, curve.raw[i].at(-1)]);
  return {
    step: curve.steps.length,
    kept: kept?.step ?? 0,
    losses: Object.fromEntries(losses),
    error: error?.message || notice,
  };
}

/** The recording of the run that is open, with weights of at most so many bytes, as base64. */
export async function pack(most: number): Promise<string> {
  const { opened, kept, film, samples } = session();
  if (!opened || !kept || !samples) throw new Error('internal: no run is open.');
  const { run, state } = await readKept(kept.id);
  const recording = {
    ...{ address: run.address, adapter: run.adapter, step: run.step },
    ...{ parameters: opened.parameters, form: opened.form, count: opened.count },
    examples: opened.examples,
    film: [...film, samples].map(({ step, values }) => ({ step, values })),
    losses: Object.fromEntries(run.names.map((name, i) => [name, state.losses[i]])),
  };
  return toBase64(packRecording(recording, state.file, most));
}
