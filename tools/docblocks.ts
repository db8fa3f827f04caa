import type { Block, Equation } from './pages.ts';

/** The text of a docblock without its stars. */
const bare = (block: string) =>
  block
    .replace(/^\/\*\*\s?|\s*\*\/$/g, '')
    .replace(/^ *\* ?/gm, '')
    .trim();

/**
 * The docblock that says what a file is: the first that names a paper or has an equation, else the longest;
 * '' where there is none.
 */
export function headerOf(code: string): string {
  const blocks = [...code.matchAll(/^\/\*\*[\s\S]*?\*\//gm)].map(([block]) => bare(block));
  const long = blocks.filter((block) => block.includes('\n'));
  const cites = long.find((block) => /arXiv|\beqs?\. \(|\b(19|20)\d\d\b/.test(block));
  return cites ?? blocks.reduce((a, b) => (b.length > a.length ? b : a), '');
}

/** The comments of lines at the end of a file, as of what differs from the paper. */
export function trailerOf(code: string): string {
  const [, text] = /\n\n((?:\/\/.*\n)+)$/.exec(code) ?? [];
  return (text ?? '').replace(/^\/\/ ?/gm, '').trim();
}

const CITES = /\b(eqs?\. |equations? \(|algorithm \d|section \d|theorem \d|appendix [A-Z])/;

/** The lines of code that say which equation of the paper they compute, with what they say. */
export function equationsOf(code: string): Equation[] {
  const lines = code.split('\n');
  return lines.flatMap((text, i) => {
    const [, before, says] = /^(.*?)\/\/ (.*)$/.exec(text) ?? [];
    if (says === undefined || !CITES.test(says)) return [];
    const line = before.trim() ? i : lines.findIndex((t, k) => k > i && !/^\s*(\/\/.*)?$/.test(t));
    if (line < 0) return []; // the end of the file speaks of all of it
    return [{ line: line + 1, code: lines[line].replace(/\s*\/\/.*/, '').trim(), says }];
  });
}

/** Paragraphs of a comment, and lines indented in it, which keep their places. */
export function blocksOf(text: string): Block[] {
  const found: Block[] = [];
  let fresh = true; // whether a block begins
  for (const line of text.split('\n')) {
    const kind = /^ {2,}\S/.test(line) ? 'lines' : 'text';
    const words = kind === 'text' ? line.trim() : line;
    const last = found.at(-1);
    if (!words) fresh = true;
    else if (fresh || last?.kind !== kind) found.push({ kind, text: words });
    else last.text += (kind === 'text' ? ' ' : '\n') + words;
    if (words) fresh = false;
  }
  return found;
}
