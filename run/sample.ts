import { join } from 'node:path';
import { command, type Described, EXIT, parse, UsageError, wholeOption } from './command.ts';
import { openRunPage } from './host.ts';
import { describeShown, keepShown } from './keep.ts';
import { readRun } from './saved.ts';

const DESCRIBED: Described = {
  name: 'sample',
  usage: '<folder> [options]',
  options: [
    ['--n <count>', 'images, texts, hundreds of points, or 16 for each recording (default 64)'],
    [
      '--show <what>',
      'of a VAE: interpolation, spherical, traversal, manifold; of MADE, NADE and PixelCNNs ' +
        'what they make of parts of test images: given-top, and of a MADE in any order given-left, ' +
        'given-some (default samples)',
    ],
    ['--seed <n>', 'seed of the noise (default 0)'],
    [
      '--out <file>',
      'PNG, text or WAV file, its ending may be left out (default <folder>/<what>-<seed>)',
    ],
  ],
};

await command('sample', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const { args, options } = parsed;
  const { n, seed, out, show = 'samples', ...unknown } = options;
  for (const name of Object.keys(unknown)) throw new UsageError(`unknown option --${name}.`);
  const [folder] = args;
  const { input, step } = readRun(folder);
  const noise = wholeOption('seed', seed, 0);
  const page = await openRunPage();
  try {
    const shown = await page.run('sample', {
      ...input,
      seed: noise,
      count: wholeOption('n', n, 64, 1),
      show: String(show),
    });
    const path = String(out ?? join(folder, `${show}-${noise}`)).replace(/\.(png|txt|wav)$/, '');
    console.log(`${keepShown(path, shown)}: ${describeShown(shown)}, from step ${step}`);
    return EXIT.ok;
  } finally {
    await page.close();
  }
});
