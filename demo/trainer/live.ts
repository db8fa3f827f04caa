import { currentGpu, loadTuning, open, tensor } from '../../engine/index.ts';
import type { ModelName } from '../../models/catalog.ts';
import type { Source } from '../../models/data/source.ts';
import type { Watch } from '../../models/sampler.ts';
import { begin, type Training } from '../../run/begin.ts';
import type { RunConfig } from '../../run/folder.ts';
import { provideOwn } from '../data/provide.ts';
import type { Opened, Post, Values } from '../protocol.ts';

/** A run on an open device. */
export interface Live {
  readonly model: ModelName;
  readonly training: Training;
  readonly opened: Opened;
  /** Whether all its steps are done. */
  readonly finished: boolean;
  /** Compiles the kernels of a training step, telling which. */
  compile(): Promise<void>;
  /** Makes ready to sample with settings that have been changed, from the same noise as before. */
  resample(): Promise<void>;
  /** Samples of the model as it is, from the same noise every time. */
  sample(watch?: Watch): Promise<Values>;
}

/** How many samples are shown. */
const SHOWN = { points: 2000, images: 64, tokens: 16, audio: 2 };

/** Opens GPU, data and model of a run so far that it can sample, telling what it is doing. */
export async function openLive(run: RunConfig, post: Post): Promise<Live> {
  const stage = (text: string) => post({ kind: 'stage', text });
  stage('Opening the GPU');
  const gpu = await open({ seed: run.seed, tuning: loadTuning }); // as the bench's page measured
  gpu.onCompile = (kernel) => post({ kind: 'compile', kernel });
  stage('Loading the data and making the model');
  await provideOwn(run.data);
  const training = await begin(gpu, run);
  const { model, source } = training;
  const { form } = source;
  const count = SHOWN[form.kind];
  const stream = gpu.streams; // of the noise of samples
  let sampler = model.sampler(count);
  stage('Compiling the kernels that sample');
  await sampler.prepare();
  const examples = await examplesOf(source, count);
  const parameters = Object.values(model.optimisers).flatMap((o) => [...o.variables]);
  const opened: Opened = {
    adapter: gpu.adapterName,
    software: gpu.software,
    parameters: parameters.reduce((sum, v) => sum + v.size, 0),
    form,
    epoch: source.count && Math.floor(source.count / model.rows),
    count,
    examples,
  };
  return {
    model: run.model as ModelName,
    training,
    opened,
    get finished() {
      return training.done >= (run.settings.steps as number);
    },
    async compile() {
      stage('Compiling the kernels of a training step');
      await training.prepare();
    },
    async resample() {
      sampler.dispose();
      const next = gpu.streams;
      gpu.streams = stream;
      sampler = model.sampler(count);
      gpu.streams = next;
      await sampler.prepare();
    },
    async sample(watch) {
      sampler.rewind(); // the same random numbers, so that pictures change by training alone
      return (await (await sampler.draw(watch)).data()) as Values;
    },
  };
}

/** Training examples from all over the data. */
async function examplesOf(source: Source, count: number): Promise<Values> {
  const apart = Math.max(1, Math.floor((source.count ?? count) / count));
  const step = currentGpu().step(() => {
    const rows = Uint32Array.from({ length: count }, (_, i) => i * apart);
    return source.draw(count, source.count === null ? null : tensor(rows));
  });
  const values = (await step().data()) as Values;
  step.dispose();
  return values;
}
