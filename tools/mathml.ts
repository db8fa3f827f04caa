import temml from 'temml';
import type { Plugin } from 'vite';

/** TeX between backticks behind the mark `tex`. */
const MARKED = /\btex`([^`]*)`/g;

/** A formula in TeX as MathML without style attributes, which the page's policy forbids. Throws for wrong TeX. */
export const mathml = (source: string): string =>
  temml
    .renderToString(source, { displayMode: true, throwOnError: true })
    .replace(/ (style|class)="[^"]*"/g, '');

/**
 * Vite plugin: in the files that hold objectives, each formula marked `tex` becomes MathML when the file is
 * loaded, so that the page ships neither TeX nor its parser.
 */
export function formulas(): Plugin {
  return {
    name: 'eightfold:formulas',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/models\/\w+\/objectives\.ts$/.test(id)) return;
      return {
        code: code.replace(MARKED, (_, source: string) => JSON.stringify(mathml(source))),
        map: null,
      };
    },
  };
}
