import { join } from 'node:path';
import { catalog, type ModelName, settle } from '../models/catalog.ts';
import { type Parsed, UsageError, wholeOption } from './command.ts';
import { holdsRun, type RunConfig, readCheckpoint, readConfig, type Saved } from './folder.ts';

/** A run to do: where, with what, and from where. */
export interface Plan {
  folder: string;
  config: RunConfig;
  saved: Saved | null;
  logEvery: number;
  saveEvery: number;
  evaluate: boolean;
}

/**
 * What a command line of train asks for. Throws UsageError, or an argument error of the catalog,
 * that lists what there is.
 */
export function planOf({ args, options }: Parsed): Plan {
  const { data, preset, seed, out, resume, log, save, evaluate, ...settings } = options;
  const pace = {
    logEvery: wholeOption('log', log, 10, 1),
    saveEvery: wholeOption('save', save, 500, 1),
    evaluate: evaluate !== false,
  };
  if (args.length > 1) throw new UsageError(`expected one model, got ${args.join(' ')}.`);
  if (resume) return { ...resumed(args[0], options), ...pace };

  const names = Object.keys(catalog).join(', ');
  if (!args[0]) throw new UsageError(`which model? Give one of ${names}, or --help.`);
  if (!Object.hasOwn(catalog, args[0])) {
    throw new UsageError(`unknown model '${args[0]}'. Choose one of ${names}.`);
  }
  const model = args[0] as ModelName;
  const set = data === undefined ? Object.keys(catalog[model].data)[0] : String(data);
  const config = {
    model,
    data: set,
    seed: wholeOption('seed', seed, 0),
    settings: settle(model, set, settings, preset === undefined ? preset : String(preset)),
  };
  const folder = String(out ?? join('runs', `${model}-${set}`));
  if (holdsRun(folder)) {
    throw new UsageError(
      `--out ${folder}: holds a run already. Add --resume to continue it, give another --out, ` +
        'or remove the folder.',
    );
  }
  return { folder, config, saved: null, ...pace };
}

function resumed(model: string | undefined, options: Parsed['options']) {
  const { out, resume: _, log, save, evaluate, ...rest } = options;
  if (out === undefined) throw new UsageError('--resume: which run? Give its folder as --out.');
  const folder = String(out);
  const config = readConfig(folder);
  if (!config)
    throw new UsageError(`--out ${folder}: holds no run. Leave out --resume to start one.`);
  const kept: Record<string, unknown> = { ...config, ...config.settings };
  for (const [name, value] of Object.entries({ ...rest, ...(model && { model }) })) {
    if (kept[name] === value) continue;
    throw new UsageError(
      `--resume: the run has ${name} ${kept[name]}, not ${value}. Leave it out, or start another run.`,
    );
  }
  return { folder, config, saved: readCheckpoint(folder, (text) => console.warn(text)) };
}
