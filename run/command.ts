import { cac } from 'cac';
import colors from 'picocolors';

/** A command line that asks for something that is not there. Exit code 2. */
export class UsageError extends Error {}

/** What a command's exit code says. */
export const EXIT = { ok: 0, failed: 1, usage: 2, noGpu: 3, interrupted: 130 } as const;

/**
 * Runs a command's function and turns what it throws into one line and an exit code: 2 for a wrong
 * command line, 3 where there is no browser or no WebGPU, 1 for everything else.
 */
export async function command(name: string, main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    const { message, stack } = error as Error;
    console.error(`${colors.red(`${name}:`)} ${message}`);
    process.exitCode = exitCode(error as Error);
    const expected = process.exitCode !== EXIT.failed || error instanceof PageError;
    if (!expected || process.env.DEBUG) console.error(colors.dim(stack ?? ''));
  }
}

/** An error of the page, with the kind the engine gave it. */
export class PageError extends Error {
  readonly kind: string;

  constructor(kind: string, message: string, stack: string) {
    super(message);
    this.kind = kind;
    this.stack = stack;
  }
}

/** The exit code that an error asks for. */
export function exitCode(error: Error): number {
  const { kind } = error as { kind?: string }; // of the engine's errors, here or in the page
  if (error instanceof UsageError || kind === 'argument') return EXIT.usage;
  const absent =
    kind === 'no-webgpu' || /^(browser|dawn|PUPPETEER_\w+|EIGHTFOLD_\w+): /.test(error.message);
  return absent ? EXIT.noGpu : EXIT.failed;
}

/** A command line taken apart. */
export interface Parsed {
  args: string[];
  options: Record<string, unknown>;
}

/** A titled part of a command's help. */
export interface Section {
  title: string;
  body: string;
}

/** What a command takes, for its help and for parsing. */
export interface Described {
  name: string;
  usage: string;
  options: readonly (readonly [flags: string, meaning: string])[];
  /** More of the help. */
  sections?: readonly Section[];
}

/** Parses a command line, by default the process's; null after --help. */
export function parse(
  { name, usage, options, sections = [] }: Described,
  argv: readonly string[] = process.argv.slice(2),
): Parsed | null {
  const cli = cac(`npm run ${name} --`);
  const declared = cli.command('[...args]', '').usage(usage).allowUnknownOptions();
  for (const [flags, meaning] of options) declared.option(flags, meaning);
  cli.help((usual) => [
    ...usual
      .filter(({ title = '' }) => /Usage|Options/.test(title))
      .map(({ title, body }) => ({ title, body: body.replaceAll(' (default: true)', '') })),
    ...sections,
  ]);
  const { args, options: parsed } = cli.parse(['node', name, ...argv], { run: false });
  if (parsed.help) return null;
  const { '--': _, ...rest } = parsed;
  return { args: [...args], options: rest };
}

/** Throws UsageError for options that a command does not know, of which there should be none. */
export function refuseOptions(unknown: Parsed['options']): void {
  for (const name of Object.keys(unknown)) throw new UsageError(`unknown option --${name}.`);
}

/** A whole number option, or its default. Throws UsageError for anything else. */
export function wholeOption(name: string, value: unknown, fallback: number, least = 0): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`--${name}: expected a whole number of at least ${least}, got '${value}'.`);
}
