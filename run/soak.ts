import { catalog, type ModelName, settle } from '../models/catalog.ts';
import { command, type Described, EXIT, parse, refuseOptions, wholeOption } from './command.ts';
import { openRunPage } from './host.ts';
import type { RunEvent } from './jobs.ts';
import { progress } from './progress.ts';

const DESCRIBED: Described = {
  name: 'soak',
  usage: '[model] [options]',
  options: [
    ['--steps <n>', 'training steps (default 10000)'],
    ['--data <name>', 'data set; the first one the model lists unless given'],
  ],
};

await command('soak', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const model = (parsed.args[0] ?? 'vae') as ModelName;
  const { steps: wanted, data: set, ...unknown } = parsed.options;
  refuseOptions(unknown);
  const steps = wholeOption('steps', wanted, 10_000, 10);
  const data = String(set ?? Object.keys(catalog[model]?.data ?? {})[0]);
  const settings = settle(model, data, { steps });

  const shown = progress(steps, {});
  const page = await openRunPage((event) => {
    const { line } = event as RunEvent & { kind: 'log' };
    const { step, ...losses } = line;
    shown.update(step, losses as Record<string, number>);
  });
  try {
    const { second, last, created, adapter } = await page.run('soak', {
      model,
      data,
      seed: 0,
      settings,
      checkpoint: null,
    });
    const flat = second.live === last.live && second.buffers === last.buffers;
    const made = Object.values(created).reduce((a, b) => a + b, 0);
    shown.say(`${model} on ${data}, ${steps} steps, ${adapter}`);
    shown.say(`  after step 2:     ${second.live} bytes in ${second.buffers} buffers`);
    shown.say(`  after step ${steps}: ${last.live} bytes in ${last.buffers} buffers`);
    shown.say(`  created between:  ${JSON.stringify(created)}`);
    shown.say(flat && made === 0 ? 'flat' : 'NOT FLAT: memory or objects grow with steps.');
    return flat && made === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    await page.close();
  }
});
