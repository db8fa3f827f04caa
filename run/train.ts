import { join } from 'node:path';
import { catalog, type ModelInfo, type ModelName, settle } from '../models/catalog.ts';
import { command, EXIT, type Parsed, parse, UsageError, wholeOption } from './command.ts';
import {
  appendMetrics,
  createRun,
  holdsRun,
  type RunConfig,
  readCheckpoint,
  readConfig,
  rewindMetrics,
  type Saved,
  writeCheckpoint,
} from './folder.ts';
import { openRunPage } from './host.ts';
import type { RunEvent, TrainInput } from './jobs.ts';
import { writePicture } from './png.ts';
import { duration, type Progress, progress, remark } from './progress.ts';

const OPTIONS = [
  ['--data <name>', 'data set; the first one the model lists unless given'],
  ['--seed <n>', 'seed of weights, batches and noise (default 0)'],
  ['--out <folder>', 'where the run is kept (default runs/<model>-<data>)'],
  ['--resume', 'continue the run in --out, to the bit'],
  ['--log <n>', 'steps between lines of metrics.jsonl (default 10)'],
  ['--save <n>', 'steps between checkpoints (default 500)'],
] as const;
const EXAMPLES = [
  'npm run train -- vae --data mnist --steps 2000 --seed 0 --out runs/vae',
  'npm run train -- --resume --out runs/vae',
];

/** A run to do: where, with what, and from where. */
interface Plan {
  folder: string;
  config: RunConfig;
  saved: Saved | null;
  logEvery: number;
  saveEvery: number;
}

function settingsHelp(): string[] {
  return Object.entries<ModelInfo>(catalog).flatMap(([name, { title, data, settings }]) => [
    `${name}: ${title}. Data: ${Object.keys(data).join(', ')}.`,
    ...Object.entries(settings).map(([key, s]) => `    --${key} ${s.default}  ${s.meaning}`),
  ]);
}

function planOf({ args, options }: Parsed): Plan {
  const { data, seed, out, resume, log, save, ...settings } = options;
  const logEvery = wholeOption('log', log, 10, 1);
  const saveEvery = wholeOption('save', save, 500, 1);
  if (args.length > 1) throw new UsageError(`expected one model, got ${args.join(' ')}.`);
  if (resume) return { ...resumed(args[0], options), logEvery, saveEvery };

  const names = Object.keys(catalog).join(', ');
  if (!args[0]) throw new UsageError(`which model? Give one of ${names}, or --help.`);
  if (!Object.hasOwn(catalog, args[0])) {
    throw new UsageError(`unknown model '${args[0]}'. Choose one of ${names}.`);
  }
  const model = args[0] as ModelName;
  const set = data === undefined ? Object.keys(catalog[model].data)[0] : String(data);
  const config = {
    model,
    data: set,
    seed: wholeOption('seed', seed, 0),
    settings: settle(model, set, settings),
  };
  const folder = String(out ?? join('runs', `${model}-${set}`));
  if (holdsRun(folder)) {
    throw new UsageError(
      `--out ${folder}: holds a run already. Add --resume to continue it, give another --out, ` +
        'or remove the folder.',
    );
  }
  return { folder, config, saved: null, logEvery, saveEvery };
}

function resumed(model: string | undefined, options: Parsed['options']) {
  const { out, resume: _, log, save, ...rest } = options;
  if (out === undefined) throw new UsageError('--resume: which run? Give its folder as --out.');
  const folder = String(out);
  const config = readConfig(folder);
  if (!config)
    throw new UsageError(`--out ${folder}: holds no run. Leave out --resume to start one.`);
  const kept: Record<string, unknown> = { ...config, ...config.settings };
  for (const [name, value] of Object.entries({ ...rest, ...(model && { model }) })) {
    if (kept[name] === value) continue;
    throw new UsageError(
      `--resume: the run has ${name} ${kept[name]}, not ${value}. Leave it out, or start another run.`,
    );
  }
  return { folder, config, saved: readCheckpoint(folder, (text) => console.warn(text)) };
}

async function train(plan: Plan): Promise<number> {
  const { folder, config, saved, logEvery, saveEvery } = plan;
  const started = performance.now();
  if (saved) rewindMetrics(folder, saved.notes.step as number);
  else createRun(folder, config);
  console.log(`${config.model} on ${config.data}, seed ${config.seed}, in ${folder}`);
  console.log(
    remark(
      Object.entries(config.settings)
        .map(([k, v]) => `${k} ${v}`)
        .join(', '),
    ),
  );

  const page = await openRunPage((event) => record(event as RunEvent));
  const steps = config.settings.steps as number;
  const units = catalog[config.model as ModelName].losses;
  let shown: Progress;
  const record = (event: RunEvent) => {
    if (event.kind === 'open') {
      const { adapter, software, parameters, start } = event;
      shown = progress(steps, units);
      shown.say(`${parameters} parameters on ${adapter}${software ? ' (software)' : ''}`);
      if (start > 0) shown.say(`continuing from step ${start}`);
    } else if (event.kind === 'log') {
      appendMetrics(folder, [event.line]);
      const { step, ...losses } = event.line;
      shown.update(step, losses as Record<string, number>);
    } else {
      writeCheckpoint(folder, Buffer.from(event.checkpoint, 'base64'));
      writePicture(join(folder, 'samples.png'), event.picture);
    }
  };
  const interrupt = stopOnce(() => page.stop());
  try {
    const checkpoint = saved && Buffer.from(saved.bytes).toString('base64');
    const input: TrainInput = { ...config, checkpoint, logEvery, saveEvery };
    const { step, stopped, test } = await page.run('train', input);
    const seconds = (performance.now() - started) / 1000;
    if (stopped) {
      shown!.say(
        `stopped and saved at step ${step} of ${steps}. Continue with --resume --out ${folder}`,
      );
      return EXIT.interrupted;
    }
    appendMetrics(folder, [{ step, ...test }]);
    shown!.say(`${step} steps in ${duration(seconds)}`);
    for (const [name, value] of Object.entries(test))
      shown!.say(`  ${name}  ${value.toPrecision(5)}`);
    shown!.say(remark(`${folder}: config.json metrics.jsonl samples.png checkpoint.safetensors`));
    return EXIT.ok;
  } finally {
    interrupt.off();
    await page.close();
  }
}

/** The first Ctrl-C asks to stop, the second ends the process at once. */
function stopOnce(stop: () => Promise<void>) {
  let asked = false;
  const listener = () => {
    if (asked) process.exit(EXIT.interrupted);
    asked = true;
    console.error('\nfinishing the step and saving; Ctrl-C again to quit at once');
    stop().catch(() => process.exit(EXIT.interrupted));
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return { off: () => void process.off('SIGINT', listener).off('SIGTERM', listener) };
}

await command('train', async () => {
  const parsed = parse('train', '<model> [options]', OPTIONS, [...EXAMPLES, ...settingsHelp()]);
  return parsed ? train(planOf(parsed)) : EXIT.ok;
});
