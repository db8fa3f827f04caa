import { join } from 'node:path';
import { command, type Described, EXIT, parse, UsageError, wholeOption } from './command.ts';
import { readCheckpoint, readConfig } from './folder.ts';
import { openRunPage } from './host.ts';
import { describeShown, keepShown } from './keep.ts';

const DESCRIBED: Described = {
  name: 'sample',
  usage: '<folder> [options]',
  options: [
    ['--n <count>', 'images, texts, hundreds of points, or 16 for each recording (default 64)'],
    ['--show <what>', 'of a VAE: interpolation, spherical, traversal, manifold (default samples)'],
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
  const folder = args[0];
  if (!folder) throw new UsageError('which run? Give the folder that train wrote.');
  const config = readConfig(folder);
  if (!config) throw new UsageError(`${folder}: holds no run. Give the folder that train wrote.`);
  const saved = readCheckpoint(folder, (text) => console.warn(text));
  if (!saved)
    throw new UsageError(`${folder}: has no checkpoint yet. Train longer, or lower --save.`);

  const noise = wholeOption('seed', seed, 0);
  const page = await openRunPage();
  try {
    const shown = await page.run('sample', {
      ...config,
      seed: noise,
      checkpoint: Buffer.from(saved.bytes).toString('base64'),
      count: wholeOption('n', n, 64, 1),
      show: String(show),
    });
    const path = String(out ?? join(folder, `${show}-${noise}`)).replace(/\.(png|txt|wav)$/, '');
    console.log(
      `${keepShown(path, shown)}: ${describeShown(shown)}, from step ${saved.notes.step}`,
    );
    return EXIT.ok;
  } finally {
    await page.close();
  }
});
