import { parseArgs } from 'node:util';

/** A command line or a file that asks for something that is not there. Exit code 2. */
export class UsageError extends Error {}

export const formats = ['table', 'json', 'csv', 'md', 'html', 'gab'] as const;
export type Format = (typeof formats)[number];

/** One field or several that take the same values: `m,n,k=64..1024:x2`. */
export interface Sweep {
  fields: string[];
  values: number[];
}

type Kind = 'boolean' | 'string' | 'strings';

/** Every option: its kind, what its value is called, and what it does. */
const table: Record<string, [kind: Kind, value: string, meaning: string]> = {
  filter: ['string', 'regex', 'only the cases whose name matches'],
  only: ['string', 'regex', 'only the contestants whose name matches'],
  peers: ['boolean', '', 'race against the peers (installed into bench/peers on first use)'],
  variants: ['string', 'regex', 'also every variant of the contracts whose name matches'],
  sweep: ['strings', 'f=a..b:x2', 'the cases with field f at a, 2a, ... b; f may be a list: m,n,k'],
  quick: ['boolean', '', 'few samples: for looking, not for claims'],
  budget: ['string', 'seconds', 'the race of a case ends after this long at the latest (15)'],
  format: ['string', 'f', `${formats.join(', ')} (table)`],
  out: ['string', 'file', 'where the result goes instead of stdout, case by case'],
  baseline: ['string', 'file', 'compare with a JSON result; exit code 1 on a regression'],
  threshold: ['string', 'ratio', 'slower than this is a regression, where the noise allows (1.05)'],
  tune: ['boolean', '', 'race all variants and write the table that the engine chooses by'],
  tuning: ['string', 'file', 'run with such a table'],
  profile: ['boolean', '', 'where the time of our rows goes, kernel by kernel'],
  robustness: ['boolean', '', 'what bounds checks cost: the same rows in a browser without them'],
  dump: ['string', 'folder', 'write the WGSL that ran, and what the driver made of it'],
  model: [
    'boolean',
    '',
    'what the kernels would ask of a GPU, traced without one; nothing is timed',
  ],
  selftest: ['boolean', '', 'judge the bench: equal kernels, and one that is 15 % slower'],
  node: ['boolean', '', "in Node on the system's driver instead of a browser, without the peers"],
  'browser-url': ['string', 'url', 'a running Chrome: ws://... or http://host:port'],
  host: ['string', 'name', 'address that the page is served on (127.0.0.1)'],
  port: ['string', 'number', 'port that the page is served on (a free one)'],
  'page-url': ['string', 'url', 'address under which the browser finds that server, if another'],
  help: ['boolean', '', ''],
};

export const usage = `npm run bench -- [options]

${Object.entries(table)
  .map(([name, [, value, meaning]]) => `  ${`--${name} ${value}`.padEnd(22)} ${meaning}`.trimEnd())
  .join('\n')}

Exit codes: 0 all is well; 1 wrong numbers, a failure, a regression, a missed self-test or a row above
the roof; 2 the bench can't run.`;

export interface Options {
  filter: RegExp;
  only: RegExp;
  peers: boolean;
  variants?: string;
  sweeps: Sweep[];
  quick: boolean;
  /** Seconds. */
  budget: number;
  format: Format;
  out?: string;
  baseline?: string;
  threshold: number;
  tune: boolean;
  tuning?: string;
  profile: boolean;
  robustness: boolean;
  dump?: string;
  model: boolean;
  selftest: boolean;
  node: boolean;
  browserUrl?: string;
  host?: string;
  port?: number;
  pageUrl?: string;
}

/**
 * Reads a command line; null after --help.
 * @throws UsageError naming the option and what it takes
 */
export function readOptions(args: string[]): Options | null {
  const values = rawOptions(args);
  if (values.help) return null;
  const text = (name: string) => values[name] as string | undefined;
  const format = text('format') ?? 'table';
  if (!formats.includes(format as Format)) {
    throw new UsageError(`--format: ${formats.join(', ')} expected, got '${format}'.`);
  }
  if (values.robustness && values['browser-url']) {
    throw new UsageError('--robustness starts a browser with flags: leave --browser-url out.');
  }
  return {
    filter: regex('filter', text('filter')),
    only: regex('only', text('only')),
    peers: values.peers === true,
    variants:
      text('variants') === undefined ? undefined : regex('variants', text('variants')).source,
    sweeps: ((values.sweep ?? []) as string[]).map(readSweep),
    quick: values.quick === true,
    budget: positive('budget', text('budget'), 15),
    format: format as Format,
    out: text('out'),
    baseline: text('baseline'),
    threshold: positive('threshold', text('threshold'), 1.05),
    tune: values.tune === true,
    tuning: text('tuning'),
    profile: values.profile === true,
    robustness: values.robustness === true,
    dump: text('dump'),
    model: values.model === true,
    selftest: values.selftest === true,
    node: values.node === true,
    browserUrl: text('browser-url'),
    host: text('host'),
    port: values.port === undefined ? undefined : positive('port', text('port'), 0),
    pageUrl: text('page-url'),
  };
}

function rawOptions(args: string[]): Record<string, unknown> {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, [kind]]) => [
      name,
      { type: kind === 'boolean' ? ('boolean' as const) : 'string', multiple: kind === 'strings' },
    ]),
  );
  try {
    return parseArgs({ args, options: options as never }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message} See --help.`);
  }
}

function regex(name: string, source = ''): RegExp {
  try {
    return new RegExp(source);
  } catch (error) {
    throw new UsageError(`--${name}: ${(error as Error).message}.`);
  }
}

function positive(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(`--${name}: a number expected, got '${text}'.`);
}

/** `m=64..1024:x2`, `k=0..256:+64`, `batch=1,8,64`; several fields before the `=` go together. */
export function readSweep(text: string): Sweep {
  const wrong = (why: string): never => {
    throw new UsageError(
      `--sweep '${text}': ${why}. Write m=64..1024:x2, m=64..256:+64 or m=1,8,64.`,
    );
  };
  const [names, range, ...more] = text.split('=');
  const fields = names.split(',').filter(Boolean);
  if (!range || more.length || fields.length === 0) wrong('a field and its values expected');
  const steps = /^(\d+)\.\.(\d+)(?::([x+])(\d+))?$/.exec(range);
  if (!steps) {
    const values = range.split(',').map(Number);
    return values.every(Number.isInteger) ? { fields, values } : wrong('whole numbers expected');
  }
  const [first, last, step] = [steps[1], steps[2], steps[4] ?? 2].map(Number);
  const times = steps[3] !== '+';
  if (first > last || step < 1 || (times && (step < 2 || first < 1))) wrong('it does not grow');
  const values: number[] = [];
  for (let v = first; v <= last; v = times ? v * step : v + step) values.push(v);
  return { fields, values };
}
