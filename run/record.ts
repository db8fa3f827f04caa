import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultAddress } from '../demo/address.ts';
import type { Stand } from '../demo/shipped/recorder.ts';
import { catalog } from '../models/catalog.ts';
import type { ModelInfo } from '../models/settings.ts';
import { openPage } from '../tools/browser.ts';
import { command, EXIT, parse, UsageError } from './command.ts';
import { progress, remark } from './progress.ts';

/** The command line of record. */
const DESCRIBED = {
  name: 'record',
  usage: '<model> ...',
  options: [],
  sections: [
    {
      title: 'What it does',
      body:
        'Trains models in the studio, with their defaults, and keeps of each in demo/shipped what the page\n' +
        'shows where there is no GPU, and until the model is open: losses, samples, and the weights as f16.',
    },
    { title: 'Example', body: '  npm run record -- vae nice' },
  ],
} satisfies Parameters<typeof parse>[0];

/** Larger weights do not come with the page, bytes. */
const MOST_WEIGHTS = 110_000;

const place = (name: string) =>
  fileURLToPath(new URL(`../demo/shipped/${name}.safetensors`, import.meta.url));

async function record(model: string): Promise<void> {
  const { losses, data } = catalog[model as keyof typeof catalog] as ModelInfo;
  const [set] = Object.keys(data);
  const { page, close } = await openPage(`demo/index.html${defaultAddress(model)}`, {
    onConsole: () => {}, // of the page's server, which does not reload
  });
  try {
    const inPage = (call: string) =>
      page.evaluate(`import('/demo/shipped/recorder.ts').then((recorder) => recorder.${call})`);
    const steps = (await inPage('start()')) as number;
    const shown = progress(steps, losses);
    for (let step = 0; step < steps; ) {
      await new Promise((done) => setTimeout(done, 1000));
      const now = (await inPage('stand()')) as Stand;
      if (now.error) throw new Error(now.error);
      step = now.kept;
      shown.update(now.step, now.losses);
    }
    const file = Buffer.from((await inPage(`pack(${MOST_WEIGHTS})`)) as string, 'base64');
    writeFileSync(place(`${model}-${set}`), file);
    shown.say(remark(`demo/shipped/${model}-${set}.safetensors: ${file.length} bytes`));
  } finally {
    await close();
  }
}

await command('record', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const unknown = parsed.args.find((name) => !Object.hasOwn(catalog, name));
  if (!parsed.args.length || unknown) {
    throw new UsageError(`which models? Give some of ${Object.keys(catalog).join(', ')}.`);
  }
  for (const model of parsed.args) await record(model);
  return EXIT.ok;
});
