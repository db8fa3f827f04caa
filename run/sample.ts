import { join } from 'node:path';
import { catalog, settle } from '../models/catalog.ts';
import type { ModelInfo } from '../models/settings.ts';
import { command, type Described, EXIT, parse, UsageError, wholeOption } from './command.ts';
import type { RunConfig } from './folder.ts';
import { openRunPage } from './host.ts';
import { stopOnce } from './interrupt.ts';
import type { RunEvent } from './jobs.ts';
import { describeShown, keepShown } from './keep.ts';
import { remark } from './progress.ts';
import { readRun } from './saved.ts';

const DESCRIBED: Described = {
  name: 'sample',
  usage: '<folder> [options]',
  options: [
    ['--n <count>', 'images, texts, hundreds of points, or 16 for each recording (default 64)'],
    [
      '--show <what>',
      'something else than samples, as given-top: the rest of test images, interpolation or manifold ' +
        'of a VAE, chain of a diffusion, modes of a GAN; one that a model lacks lists those it has',
    ],
    [
      '--given <text>',
      'of discrete diffusion: a text whose blanks _ the samples fill in, as m_r__',
    ],
    [
      '--frames <n>',
      'of a model that draws in many passes: how it comes to its samples, in so many pictures',
    ],
    ['--seed <n>', 'seed of the noise (default 0)'],
    [
      '--<setting> <value>',
      'for the one of the run: what only samples depend on, as --temperature',
    ],
    [
      '--out <file>',
      'PNG, text or WAV file, its ending may be left out (default <folder>/<what>-<seed>)',
    ],
  ],
};

/** Lines of a text that are printed as well. */
const READ = 12;

await command('sample', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const { args, options } = parsed;
  const { n, seed, out, frames, show = 'samples', given, ...settings } = options;
  const [folder] = args;
  const { input, step } = readRun(folder);
  const wanted = settingsOf(input, settings);
  const noise = wholeOption('seed', seed, 0);
  const count = wholeOption('n', n, frames === undefined ? 64 : 8, 1);
  const shownFrames = wholeOption('frames', frames, 0);
  const page = await openRunPage((event) => told(event as RunEvent));
  const interrupt = stopOnce('finishing the passes under way', () => page.stop());
  try {
    const shown = await page.run('sample', {
      ...input,
      settings: wanted,
      seed: noise,
      count,
      frames: shownFrames,
      show: String(show),
      ...(given !== undefined && { given: String(given) }),
    });
    const path = String(
      out ?? join(folder, `${given === undefined ? show : 'given'}-${noise}`),
    ).replace(/\.(png|txt|wav)$/, '');
    console.log(`${keepShown(path, shown)}: ${describeShown(shown)}, from step ${step}`);
    if (shown.kind === 'text') console.log(shown.lines.slice(0, READ).join('\n'));
    return EXIT.ok;
  } catch (error) {
    if (interrupt.asked()) return EXIT.interrupted;
    throw error;
  } finally {
    interrupt.off();
    await page.close();
  }
});

/** Shows how far a draw has come. */
function told(event: RunEvent): void {
  if (event.kind === 'stage') console.log(remark(event.text));
}

/** The settings of a run with others in the place of those that only samples depend on. */
function settingsOf({ model, data, settings }: RunConfig, given: Record<string, unknown>) {
  const info: ModelInfo = catalog[model];
  const { sampling = [] } = info;
  const unknown = Object.keys(given).find((name) => !sampling.includes(name));
  if (unknown !== undefined) {
    const known = sampling.map((name) => `--${name}`).join(', ') || 'none';
    throw new UsageError(
      `unknown option --${unknown}. Settings of ${model} for samples: ${known}.`,
    );
  }
  return settle(model, data, { ...settings, ...given });
}
