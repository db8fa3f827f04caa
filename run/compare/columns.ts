import { hasLenet } from '../../models/metrics/features/shipped.ts';
import type { SampledImages } from '../jobs.ts';
import type { Spread } from '../spread.ts';
import type { Budget } from './budget.ts';
import type { Kind } from './roster.ts';
import type { Comparison, Line } from './summary.ts';

/** A column of the table. */
export interface Column {
  title: string;
  /** Whether its cells are words, not numbers. */
  text?: true;
  /** Its cell of a model. */
  of(line: Line): string;
  /** What a model is sorted and drawn by; null where it has none. */
  by(line: Line): number | string | null;
  /** The number of real test images, where the column has one. */
  real?(floor: SampledImages): number | null;
}

/** What stands where there is no number. */
const NOTHING = '–';

/** What stands before a likelihood of each kind. */
export const signs: Record<Kind, string> = { exact: '', bound: '≤ ', estimate: '≈ ', none: '' };

/** A number with three places, or fewer where it is large. */
export const number = (v: number): string =>
  v.toFixed(Math.abs(v) < 10 ? 3 : Math.abs(v) < 1000 ? 2 : 0);

/** A mean and, of more seeds than one, its standard deviation. */
function spread(of: Spread | null, seeds: number): string {
  if (!of) return NOTHING;
  return seeds > 1 ? `${number(of.mean)} ± ${number(of.sd)}` : number(of.mean);
}

type Measured = {
  [K in keyof Line]: Line[K] extends Spread | null ? K : never;
}[keyof Line];

const measured = (title: string, name: Measured): Column => ({
  title,
  of: (line) => spread(line[name], line.seeds - line.diverged),
  by: (line) => line[name]?.mean ?? null,
});

const metric = (title: string, name: Measured): Column => ({
  ...measured(title, name),
  real: ({ quality }) => quality[name] ?? null,
});

const text = (title: string, of: (line: Line) => string): Column => {
  return { title, text: true, of, by: of };
};

function likelihood(line: Line): string {
  const { kind } = line.likelihood;
  if (kind === 'none') return 'none';
  return line.nll ? signs[kind] + spread(line.nll, line.seeds - line.diverged) : NOTHING;
}

/** What the table says of each model. */
export const columns: readonly Column[] = [
  text('model', ({ title }) => title),
  text('family', ({ family }) => family),
  { ...measured('−log p', 'nll'), of: likelihood },
  text('kind', ({ likelihood: { kind } }) => kind),
  metric('classifier score ↑', 'classifierScore'),
  metric('Fréchet ↓', 'frechet'),
  metric('precision ↑', 'precision'),
  metric('recall ↑', 'recall'),
  metric('density ↑', 'density'),
  metric('coverage ↑', 'coverage'),
  {
    title: 'passes',
    of: ({ passes }) => (passes === null ? NOTHING : String(passes)),
    by: ({ passes }) => passes,
  },
  measured('ms/sample', 'sampleMs'),
  measured('ms/step', 'stepMs'),
  {
    title: 'diverged',
    of: ({ diverged, seeds }) => `${diverged} of ${seeds}`,
    by: ({ diverged }) => diverged,
  },
  { title: 'steps', of: ({ steps, rows }) => `${steps}×${rows}`, by: ({ steps }) => steps },
  {
    title: 'parameters',
    of: ({ parameters }) => parameters.toLocaleString('en'),
    by: ({ parameters }) => parameters,
  },
  { title: 'GFLOP', of: ({ gflop }) => number(gflop), by: ({ gflop }) => gflop },
  { title: 'MB', of: ({ megabytes }) => number(megabytes), by: ({ megabytes }) => megabytes },
];

/** A budget in words. */
export const budgetText = ({ amount, unit }: Budget): string =>
  unit === 'examples'
    ? `${amount.toLocaleString('en')} training examples seen`
    : `${amount.toLocaleString('en')} GFLOP of training steps`;

/** Parts of the table: models of the same pixels, whose likelihoods can be compared. */
export function parts({ lines, data }: Comparison) {
  const titles = {
    binary: `Models of black and white pixels; −log p in nats an image of ${data} in black and white`,
    levels: `Models of pixels of many levels; −log p in bits a dimension of ${data} in its levels`,
  };
  return (['binary', 'levels'] as const)
    .map((pixels) => ({
      title: titles[pixels],
      lines: lines.filter((line) => line.pixels === pixels),
    }))
    .filter((part) => part.lines.length > 0);
}

/** Cells of the real test images, which every part of the table ends with. */
export const realCells = ({ floor }: Comparison): string[] =>
  columns.map(({ real }, i) => {
    if (i === 0) return 'real test images';
    if (!real) return '';
    const value = real(floor);
    return value === null ? NOTHING : number(value);
  });

/** The titles of models by something that they have in common. */
function titlesBy(lines: readonly Line[], key: (line: Line) => string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of lines) found.set(key(line), [...(found.get(key(line)) ?? []), line.title]);
  return found;
}

/** What a reader must know to read the table, a sentence or two each. */
export function notes({ data, seeds, budget, adapters, compared, lines }: Comparison): string[] {
  const grey = lines.some((line) => line.pixels === 'binary');
  const ways = titlesBy(lines, ({ likelihood: { kind, by } }) => `${kind}, ${by}`);
  const timedOn = titlesBy(lines, ({ adapter }) => adapter);
  return [
    `Every model was trained on ${data} with the same budget, ${budgetText(budget)}, seeds ` +
      `${seeds.join(', ')}, on ${adapters.join(' and ')}. Cells are means ± standard deviations over ` +
      'the seeds that did not diverge: that a loss is no number.',
    `−log p of test images: ≤ before a bound, ≈ before an estimate. ` +
      'It can be compared within a part of the table only: what the pixels are differs between them.',
    ...[...ways].map(([way, titles]) => `${titles.join(', ')}: ${way}.`),
    `Samples: ${compared} of each model and as many real test images, against training images. ` +
      (grey
        ? 'All are compared in black and white, whatever a model knows: grey samples are made so as the ' +
          'data are, and where a model tells how likely a pixel is it is drawn. '
        : '') +
      (hasLenet(data)
        ? 'The classifier score and the Fréchet distance are of the classes and the 84 features of a LeNet ' +
          'trained on real images (not IS and FID); precision, recall, density and coverage (k = 3) of ' +
          'these features too.'
        : 'The classifier is linear and learned from the training images; Fréchet distance (images of more ' +
          'than 256 numbers averaged over squares), precision, recall, density and coverage (k = 3) are of ' +
          'pixels, not of a network’s features.'),
    ...(timedOn.size > 1
      ? [...timedOn].map(([adapter, titles]) => `Times on ${adapter}: ${titles.join(', ')}.`)
      : []),
    'passes: runs of the network that a sample takes, one after another. ms/sample: of a batch of as many. ' +
      'steps: training steps × examples of data that each takes. GFLOP: of all training steps, as the ' +
      'engine counts them in the dispatches of one, weights that a mask takes away left out. MB: most GPU memory in training.',
  ];
}
