import { type Gpu, type Tensor, tensor } from '../engine/index.ts';
import type { ModelName } from '../models/catalog.ts';
import { type Batches, batches } from '../models/data/batches.ts';
import { study } from '../models/index.ts';
import type { Configured } from '../models/study.ts';
import { changed, settingsAt } from './changes.ts';
import type { RunConfig } from './folder.ts';
import { restore, save } from './state.ts';

/** A model being trained: its step, and where it stands. */
export interface Training extends Configured {
  readonly gpu: Gpu;
  /** The run, with all changes. */
  readonly run: RunConfig;
  /** Steps done so far. */
  readonly done: number;
  /** Compiles the kernels of a step without running it, so that progress can be shown. */
  prepare(): Promise<void>;
  /** One training step; losses by name, alive until the next one. */
  advance(): Record<string, Tensor>;
  /**
   * Gives a setting another value from the next step on; `run` has it then. Samplers made before keep the
   * old one. Throws for what cannot be changed.
   */
  change(name: string, value: number | string): void;
  /** A checkpoint from which `restore` continues to the bit. */
  save(): Promise<Uint8Array<ArrayBuffer>>;
  /** Goes to where a checkpoint of the same run was saved. Throws SafetensorsError, unchanged. */
  restore(checkpoint: Uint8Array): void;
}

/**
 * Opens the data and the model of a run on an engine that was opened with its seed. Commands and
 * studio train the same way, so equal runs have equal losses in both.
 */
export async function begin(gpu: Gpu, started: RunConfig): Promise<Training> {
  let run = started;
  const studied = await study(run.model as ModelName, run.data, run.settings);
  const { model, source } = studied;
  const walk: Batches | null = source.count ? batches(source.count, model.rows, run.seed) : null;
  const step = gpu.step((i: number, rows: Tensor | null) =>
    model.step(source.draw(model.rows, rows), i, source.drawClasses(rows)),
  );
  const settle = () => Object.assign(studied.config, settingsAt(run, step.runs));
  return {
    ...studied,
    gpu,
    get run() {
      return run;
    },
    get done() {
      return step.runs;
    },
    prepare: () => step.prepare(step.runs, walk && tensor(new Uint32Array(model.rows))),
    advance() {
      settle();
      return step(step.runs, walk && tensor(walk.next()));
    },
    change(name, value) {
      run = changed(run, { step: step.runs, name, value });
      settle();
    },
    save: () => save(model, { step: step.runs, cursor: walk?.cursor ?? null }),
    restore(checkpoint) {
      const position = restore(model, checkpoint);
      step.runs = position.step; // the number of the next step's random stream
      if (walk && position.cursor) walk.cursor = position.cursor;
    },
  };
}
