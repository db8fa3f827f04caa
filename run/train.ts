import { join } from 'node:path';
import { catalog } from '../models/catalog.ts';
import type { ModelInfo } from '../models/settings.ts';
import { command, type Described, EXIT, parse } from './command.ts';
import {
  appendMetrics,
  createRun,
  type RunConfig,
  rewindMetrics,
  writeCheckpoint,
} from './folder.ts';
import { openRunPage } from './host.ts';
import type { RunEvent } from './jobs.ts';
import { stopOnce } from './interrupt.ts';
import { keepShown } from './keep.ts';
import { type Plan, planOf } from './plan.ts';
import { duration, type Progress, progress, remark } from './progress.ts';

/** The command line of train. */
const DESCRIBED: Described = {
  name: 'train',
  usage: '<model> [options]',
  options: [
    ['--data <name>', 'data set; the first one the model lists unless given'],
    ['--preset <name>', 'settings for a purpose, such as the model of the paper'],
    ['--seed <n>', 'seed of weights, batches and noise (default 0)'],
    ['--out <folder>', 'where the run is kept (default runs/<model>-<data>)'],
    ['--resume', 'continue the run in --out, to the bit'],
    ['--log <n>', 'steps between lines of metrics.jsonl (default 10)'],
    ['--save <n>', 'steps between checkpoints (default 500)'],
    ['--no-evaluate', 'leave out the test metrics at the end'],
  ],
  sections: [
    {
      title: 'Examples',
      body:
        '  npm run train -- vae --data mnist --steps 2000 --seed 0 --out runs/vae\n' +
        '  npm run train -- --resume --out runs/vae',
    },
    ...Object.entries<ModelInfo>(catalog).map(([name, { title, data, settings, presets }]) => ({
      title:
        `${name}: ${title}, on ${Object.keys(data).join(', ')}` +
        (presets ? `; presets ${Object.keys(presets).join(', ')}` : ''),
      body: Object.entries(settings)
        .map(([key, s]) => `  ${`--${key} ${s.default}`.padEnd(24)}${s.meaning}`)
        .join('\n'),
    })),
  ],
};

async function train({ folder, config, saved, ...pace }: Plan): Promise<number> {
  const steps = config.settings.steps as number;
  if (saved?.notes.step === steps) {
    console.log(`${folder}: all ${steps} steps are done. Nothing to resume.`);
    return EXIT.ok;
  }
  if (saved) rewindMetrics(folder, saved.notes.step as number);
  else createRun(folder, config);
  console.log(`${config.model} on ${config.data}, seed ${config.seed}, in ${folder}`);
  console.log(remark(list(config.settings)));

  const shown = progress(steps, catalog[config.model].losses);
  const page = await openRunPage((event) => record(folder, shown, event as RunEvent));
  const ending = 'finishing the step and saving';
  const interrupt = stopOnce(ending, () => page.stop());
  try {
    const checkpoint = saved && Buffer.from(saved.bytes).toString('base64');
    const result = await page.run('train', { ...config, ...pace, checkpoint });
    const { step, stopped, seconds, test } = result;
    if (stopped) {
      shown.say(`stopped and saved at step ${step} of ${steps}.`);
      shown.say(`Continue with npm run train -- --resume --out ${folder}`);
      return EXIT.interrupted;
    }
    shown.say(`trained in ${duration(seconds)}`);
    if (test) {
      appendMetrics(folder, [{ step, ...test }]);
      for (const [name, value] of Object.entries(test)) {
        shown.say(`  ${name}  ${value.toPrecision(5)}`);
      }
    }
    shown.say(remark(`${folder}: config.json metrics.jsonl samples.* checkpoint.safetensors`));
    return EXIT.ok;
  } finally {
    interrupt.off();
    await page.close();
  }
}

const list = (settings: RunConfig['settings']) =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

/** Keeps on disk, and shows, what the page tells. */
function record(folder: string, shown: Progress, event: RunEvent): void {
  if (event.kind === 'open') {
    const { adapter, software, parameters, start } = event;
    shown.say(`${parameters} parameters on ${adapter}${software ? ' (software)' : ''}`);
    if (start > 0) shown.say(`continuing from step ${start}`);
  } else if (event.kind === 'stage') {
    shown.say(remark(event.text));
  } else if (event.kind === 'log') {
    appendMetrics(folder, [event.line]);
    const { step, ...losses } = event.line;
    shown.update(step, losses as Record<string, number>);
  } else if (event.kind === 'save') {
    writeCheckpoint(folder, Buffer.from(event.checkpoint, 'base64'));
    keepShown(join(folder, 'samples'), event.shown);
  }
}

await command('train', async () => {
  const parsed = parse(DESCRIBED);
  return parsed ? train(planOf(parsed)) : EXIT.ok;
});
