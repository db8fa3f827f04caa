import { WgslError, withoutComments } from './reflect.ts';

/** The scalar functions of a library file and the constants they use, by name. */
export interface Functions {
  file: string;
  functions: Record<string, { code: string; calls: string[] }>;
}

/**
 * Splits a file of functions and constants into its pieces.
 * @returns per name the source text with its leading comment, and the names of this file it uses
 * @throws WgslError where the file holds anything else than `fn`, `const` and comments
 */
export function splitFunctions(code: string, file: string): Functions {
  const bare = withoutComments(code);
  const functions: Functions['functions'] = {};
  let from = 0;
  while (bare.slice(from).trim()) {
    const head = from + bare.slice(from).search(/\S/);
    const line = code.slice(0, head).split('\n').length;
    const name = /^(?:fn|const)\s+(\w+)/.exec(bare.slice(head))?.[1];
    if (!name) throw new WgslError(file, line, "only 'fn', 'const' and comments may stand here.");
    if (functions[name]) throw new WgslError(file, line, `'${name}' is declared twice.`);
    const end = endOf(bare, head);
    functions[name] = { code: leading(code.slice(from, head)) + code.slice(head, end), calls: [] };
    from = end;
  }
  const names = Object.keys(functions);
  for (const [name, piece] of Object.entries(functions)) {
    const words = new Set(withoutComments(piece.code).match(/\b[A-Za-z_]\w*\b/g));
    piece.calls = names.filter((other) => other !== name && words.has(other));
  }
  return { file, functions };
}

/** Offset just after the declaration that starts at `head`. */
function endOf(bare: string, head: number): number {
  if (bare.startsWith('const', head)) return bare.indexOf(';', head) + 1;
  let depth = 0;
  for (let i = bare.indexOf('{', head); i < bare.length; i++) {
    if (bare[i] === '{') depth++;
    if (bare[i] === '}' && --depth === 0) return i + 1;
  }
  return bare.length;
}

/** The comment that touches the declaration: what stands after the last blank line. */
const leading = (between: string) =>
  between
    .split(/\n[ \t]*\n/)
    .at(-1)!
    .replace(/^\s+/, '');
