import { altered } from '../models/uses/altered.ts';
import { command, type Described, EXIT, parse, refuseOptions, wholeOption } from './command.ts';
import { writeDurably } from './folder.ts';
import { openRunPage } from './host.ts';
import { readRun } from './saved.ts';

const DESCRIBED: Described = {
  name: 'ood',
  usage: '<folder> [options]',
  options: [
    [
      '--data <name>',
      `a set of the same shape, or ${Object.keys(altered).join(', ')} (default faint)`,
    ],
    ['--n <count>', 'images of each (default 1000)'],
    ['--out <file>', 'JSON of what every image scored'],
  ],
};

/** Rows of a histogram, and characters of its longest bar. */
const [ROWS, WIDTH] = [20, 30];

await command('ood', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const { args, options } = parsed;
  const { data = 'faint', n, out, ...unknown } = options;
  refuseOptions(unknown);
  const { input } = readRun(args[0]);
  const other = String(data);
  const count = wholeOption('n', n, 1000, 1);
  const page = await openRunPage();
  try {
    const compared = await page.run('ood', { ...input, other, count });
    const { unit, test, other: others, auroc } = compared;
    for (const line of histogram(test, others, [unit, input.data, other])) console.log(line);
    console.log(`mean      ${mean(test).toFixed(4)} and ${mean(others).toFixed(4)} ${unit}`);
    console.log(`AUROC     ${auroc.toFixed(4)}: ${verdict(auroc, other)}`);
    if (out !== undefined) writeDurably(String(out), `${JSON.stringify(compared)}\n`);
    return EXIT.ok;
  } finally {
    await page.close();
  }
});

function verdict(auroc: number, other: string): string {
  if (auroc > 0.9) return `${other} is told apart, it is less likely`;
  if (auroc < 0.5) return `${other} is not told apart: it is the likelier`;
  return `${other} is told apart in part`;
}

/** Two histograms side by side over the same scores; `names` of the scores and of both. */
function histogram(a: number[], b: number[], names: [string, string, string]): string[] {
  const sorted = [...a, ...b].sort((x, y) => x - y);
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const width = (high - low) / ROWS || 1;
  const counts = [a, b].map((values) => {
    const bins = new Array<number>(ROWS).fill(0);
    for (const v of values) bins[Math.min(ROWS - 1, Math.floor((v - low) / width))]++;
    return bins;
  });
  const most = Math.max(...counts.flat());
  const bar = (count: number) => '█'.repeat(Math.ceil((count / most) * WIDTH)).padEnd(WIDTH);
  return [
    `${names[0].padEnd(8)}  ${names[1].padEnd(WIDTH)}  ${names[2]}`,
    ...counts[0].map((count, i) => {
      const from = (low + i * width).toFixed(3).padStart(8);
      return `${from}  ${bar(count)}  ${bar(counts[1][i])}`.trimEnd();
    }),
  ];
}

function mean(values: number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
