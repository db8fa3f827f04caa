import { EightfoldError } from '../../engine/errors.ts';
import { type Form, textOf } from '../data/form.ts';
import type { DiscreteDiffusion } from '../discrete/diffusion.ts';
import { maskOf, type Symbols } from '../discrete/symbols.ts';
import type { Model } from '../model.ts';
import { drawOnce } from '../sampler.ts';

/** What stands for a symbol that is not known. */
const BLANK = '_';

/**
 * n texts that fill in the blanks `_` of a pattern, all else as it is there. A shorter text ends after the
 * pattern where texts end, and goes on freely where they do not. Throws for models that cannot fill in.
 */
export async function filled(
  model: Model,
  form: Form,
  pattern: string,
  n: number,
): Promise<string[]> {
  if (!('symbols' in model) || form.kind !== 'tokens') {
    refuse('only discrete diffusion of texts fills in blanks. Leave it out');
  }
  const { symbols, sampler } = model as DiscreteDiffusion;
  const one = symbolsOfPattern(pattern, form, symbols);
  const given = Uint32Array.from({ length: n * one.length }, (_, i) => one[i % one.length]);
  const drawn = await drawOnce(sampler(n, { given }));
  return Array.from({ length: n }, (_, i) =>
    textOf(form, drawn.subarray(i * one.length, (i + 1) * one.length)),
  );
}

/** The symbols of a pattern, the mask for blanks, to the length of an example. */
export function symbolsOfPattern(
  pattern: string,
  form: Form & { kind: 'tokens' },
  symbols: Symbols,
): number[] {
  if (pattern.length > symbols.length) {
    refuse(`expected at most ${symbols.length} symbols, got ${pattern.length}. Shorten it`);
  }
  const known = Array.from(pattern, (letter) => {
    const symbol = form.symbols.indexOf(letter);
    if (letter === BLANK) return maskOf(symbols);
    if (symbol >= 0) return symbol;
    return refuse(`'${letter}' is none of '${form.symbols}', nor a blank ${BLANK}. Change it`);
  });
  const rest = form.ended ? 0 : maskOf(symbols);
  return [...known, ...Array<number>(symbols.length - known.length).fill(rest)];
}

function refuse(what: string): never {
  throw new EightfoldError('argument', `--given: ${what}.`);
}
