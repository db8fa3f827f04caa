import { loadTuning, open, tensor } from '../../engine/index.ts';
import type { ModelName } from '../../models/catalog.ts';
import { TOY_EXTENT, type ToyName, toys } from '../../models/data/toys.ts';
import { begin, type Training } from '../../run/begin.ts';
import type { RunConfig } from '../../run/folder.ts';
import type { DataForm, Opened, Post } from '../protocol.ts';

/** A run on an open device. */
export interface Live {
  readonly training: Training;
  readonly opened: Opened;
  /** Whether all its steps are done. */
  readonly finished: boolean;
  /** Compiles the kernels of a training step, telling which. */
  compile(): Promise<void>;
  /** Samples of the model as it is, from the same noise every time. */
  sample(): Promise<Float32Array<ArrayBuffer>>;
}

const IMAGES = 64;
const POINTS = 2000;

/** Opens GPU, data and model of a run so far that it can sample, telling what it is doing. */
export async function openLive(run: RunConfig, post: Post): Promise<Live> {
  const stage = (text: string) => post({ kind: 'stage', text });
  stage('Opening the GPU');
  const gpu = await open({ seed: run.seed, tuning: loadTuning }); // as the bench's page measured
  gpu.onCompile = (kernel) => post({ kind: 'compile', kernel });
  stage('Loading the data and making the model');
  const training = await begin(gpu, run);
  const { model, source } = training;
  const form = formOf(source.shape);
  const count = form.kind === 'images' ? IMAGES : POINTS;
  const sampler = model.sampler(count);
  const shower = gpu.step(() => {
    const rows = source.count ? tensor(Uint32Array.from({ length: count }, (_, i) => i)) : null;
    return source.draw(count, rows);
  });
  stage('Compiling the kernels that sample');
  await sampler.prepare();
  const parameters = Object.values(model.optimisers).flatMap((o) => [...o.variables]);
  const opened: Opened = {
    adapter: gpu.adapterName,
    software: gpu.software,
    parameters: parameters.reduce((sum, v) => sum + v.size, 0),
    form,
    examples: (await shower().data()) as Float32Array,
    floor: floorOf(run),
  };
  shower.dispose();
  return {
    training,
    opened,
    get finished() {
      return training.done >= (run.settings.steps as number);
    },
    async compile() {
      stage('Compiling the kernels of a training step');
      await training.prepare();
    },
    async sample() {
      sampler.rewind(); // the same random numbers, so that pictures change by training alone
      return (await (await sampler.draw()).data()) as Float32Array<ArrayBuffer>;
    },
  };
}

function formOf([first, ...rest]: readonly number[]): DataForm {
  return rest.length
    ? { kind: 'images', height: first, width: rest[0] }
    : { kind: 'points', extent: TOY_EXTENT };
}

/** No model can have a lower exact negative log-likelihood than the entropy of its data. */
function floorOf({ model, data }: RunConfig): Opened['floor'] {
  const exact = (model as ModelName) === 'realnvp' && Object.hasOwn(toys, data);
  return exact ? { name: 'entropy of the data', value: toys[data as ToyName].entropy } : null;
}
