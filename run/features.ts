import { hasLenet } from '../models/metrics/features/shipped.ts';
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
import type { RunEvent } from './jobs.ts';

const DESCRIBED: Described = {
  name: 'features',
  usage: '[options]',
  options: [
    ['--data <name>', 'mnist or digits8 (default mnist)'],
    ['--epochs <n>', 'times through the training images (default 6, digits8 100)'],
    ['--seed <n>', 'seed of weights and batches (default 0)'],
    ['--out <file>', 'where the weights go (default lenet-<data>.safetensors)'],
  ],
  sections: [
    {
      title: 'What it does',
      body:
        '  Trains the LeNet by whose features samples of a data set are measured, and tells how many\n' +
        '  test images it gets right. The files in models/metrics/features were made so.',
    },
  ],
};

await command('features', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const { data = 'mnist', epochs: times, seed: given, out, ...unknown } = parsed.options;
  refuseOptions(unknown);
  if (!hasLenet(String(data))) throw new UsageError(`--data: no LeNet for '${data}'. See --help.`);
  const epochs = wholeOption('epochs', times, data === 'digits8' ? 100 : 6, 1);
  const seed = wholeOption('seed', given, 0);
  const line = `npm run features -- --data ${data} --epochs ${epochs} --seed ${seed}`;
  const page = await openRunPage((event) => {
    const { step, loss } = (event as RunEvent & { kind: 'log' }).line;
    if ((step as number) % 500 === 1)
      console.log(`update ${step}  loss ${Number(loss).toFixed(4)}`);
  });
  try {
    const made = await page.run('features', { data: String(data), epochs, seed, command: line });
    const { file, accuracy, parameters, adapter, seconds } = made;
    const path = String(out ?? `lenet-${data}.safetensors`);
    writeDurably(path, Buffer.from(file, 'base64'));
    console.log(
      `${(accuracy * 100).toFixed(2)} % of the test images, ${parameters} weights, ` +
        `${seconds.toFixed(0)} s of training on ${adapter}; written to ${path}`,
    );
    return EXIT.ok;
  } finally {
    await page.close();
  }
});
