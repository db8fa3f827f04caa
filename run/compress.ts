import { existsSync, readFileSync } from 'node:fs';
import {
  command,
  type Described,
  EXIT,
  parse,
  refuseOptions,
  UsageError,
  wholeOption,
} from './command.ts';
import { writeDurably } from './folder.ts';
import { openRunPage } from './host.ts';
import type { CompressOutput } from './jobs.ts';
import { duration } from './progress.ts';
import { readRun } from './saved.ts';

const DESCRIBED: Described = {
  name: 'compress',
  usage: '<folder> <file> [options]',
  options: [
    ['--n <count>', 'test examples, from the first (default all)'],
    ['--decompress', 'read the file back and compare it with the test data'],
  ],
};

await command('compress', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const { args, options } = parsed;
  const { n, decompress, ...unknown } = options;
  refuseOptions(unknown);
  const [folder, path] = args;
  if (!path) throw new UsageError('which run, and which file? Give <folder> <file>.');
  const { input } = readRun(folder);
  const count = n === undefined ? null : wholeOption('n', n, 0, 1);
  if (decompress && !existsSync(path)) {
    throw new UsageError(`${path}: no such file. Leave out --decompress.`);
  }
  const page = await openRunPage();
  try {
    if (decompress) {
      const file = readFileSync(path).toString('base64');
      const { examples, wrong, seconds } = await page.run('decompress', { ...input, file });
      console.log(`${path}: ${examples} examples restored in ${duration(seconds)}`);
      console.log(wrong ? `${wrong} DIFFER from the test data.` : 'all equal the test data');
      return wrong ? EXIT.failed : EXIT.ok;
    }
    const result = await page.run('compress', { ...input, count });
    writeDurably(path, Buffer.from(result.file, 'base64'));
    for (const line of told(path, result)) console.log(line);
    return EXIT.ok;
  } finally {
    await page.close();
  }
});

/** What compression came to, line by line. */
function told(path: string, result: CompressOutput): string[] {
  const { examples, symbols, bytes, net, nats, bound, seconds } = result;
  const bits = nats / Math.LN2;
  const rate = (all: number) => `${(all / symbols).toPrecision(5)} bits/dim`;
  const over = 100 * (net / bits - 1);
  const began = 8 * bytes - net;
  return [
    `${path}: ${bytes} bytes for ${examples} examples of ${symbols} symbols, in ${duration(seconds)}`,
    ...(began > 8 ? [`  began with ${Math.round(began / 8)} bytes, which are not lost`] : []),
    `  written  ${rate(net)}`,
    `  ${bound ? '-ELBO  ' : '-log p '}  ${rate(bits)}, ${(nats / examples).toPrecision(5)} nats/example`,
    `  ${over < 0 ? 'below' : 'above'}    ${Math.abs(over).toFixed(2)} %`,
  ];
}
