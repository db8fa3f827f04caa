import type { Occupancy, Shader } from './types.ts';

const bare = (code: string) => code.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, ' ');

/** Values of the numeric `const`s and `override`s of a text. */
function constantsOf(code: string, given: Readonly<Record<string, number>>) {
  const found = code.matchAll(/\b(?:const|override)\s+(\w+)[^=;]*=\s*([^;]+);/g);
  const known: Record<string, number> = {};
  for (const [, name, text] of found) known[name] = given[name] ?? evaluate(text, known);
  return known;
}

/** A whole number from sums, products and quotients of literals and known names; else NaN. */
function evaluate(text: string, known: Readonly<Record<string, number>>): number {
  const inner = /(?:\b[iu]32)?\(([^()]*)\)/.exec(text);
  if (inner) return evaluate(text.replace(inner[0], `${evaluate(inner[1], known)}`), known);
  const terms = text.replace(/\s/g, '').split(/([+*/-])/);
  const value = (term: string) => known[term] ?? Number(term.replace(/[iu]$/, '') || Number.NaN);
  let sum = 0;
  let product = value(terms[0]);
  for (let i = 1; i < terms.length; i += 2) {
    const next = value(terms[i + 1]);
    if (terms[i] === '*') product *= next;
    else if (terms[i] === '/') product = Math.trunc(product / next);
    else {
      sum += product;
      product = terms[i] === '-' ? -next : next;
    }
  }
  return sum + product;
}

const scalars: Record<string, number> = { f32: 4, i32: 4, u32: 4, bool: 4, f16: 2 };
const vectors: Record<string, number> = { f: 4, i: 4, u: 4, h: 2 };

/** Bytes of a type of workgroup memory, vec3 padded as in an array; NaN where it is not known. */
function bytesOf(type: string, known: Readonly<Record<string, number>>): number {
  const text = type.replace(/\s/g, '');
  const array = /^array<(.*),([^,<>]+)>$/.exec(text);
  if (array) return bytesOf(array[1], known) * evaluate(array[2], known);
  const atomic = /^atomic<(.*)>$/.exec(text);
  if (atomic) return bytesOf(atomic[1], known);
  const vector = /^vec([234])(?:<(\w+)>|([fiuh]))$/.exec(text);
  if (vector) return (vector[1] === '2' ? 2 : 4) * (scalars[vector[2]] ?? vectors[vector[3]]);
  const matrix = /^mat([234])x([234])(?:<(\w+)>|([fh]))$/.exec(text);
  if (matrix) {
    const rows = matrix[2] === '2' ? 2 : 4;
    return Number(matrix[1]) * rows * (scalars[matrix[3]] ?? vectors[matrix[4]]);
  }
  return scalars[text] ?? Number.NaN;
}

/** Workgroup memory in bytes and invocations of a workgroup, read out of a shader's text. */
export function reflectShader({ code, constants }: Pick<Shader, 'code' | 'constants'>) {
  const text = bare(code);
  const known = constantsOf(text, constants);
  const held = [...text.matchAll(/\bvar\s*<\s*workgroup\s*>\s*\w+\s*:\s*([^;=]+);/g)];
  const [, size = ''] = /@workgroup_size\s*\(([^)]*)\)/.exec(text) ?? [];
  return {
    workgroupBytes: held.reduce((sum, [, type]) => sum + bytesOf(type, known), 0),
    invocations: size
      .split(',')
      .filter((entry) => entry.trim())
      .reduce((product, entry) => product * evaluate(entry, known), 1),
  };
}

/** What the dispatches of a call ask of the adapter; null where their texts can't be read. */
export function occupancyOf(shaders: readonly Shader[]): Occupancy | null {
  const launched = shaders.flatMap(({ groups, ...shader }) =>
    groups ? [{ ...reflectShader(shader), workgroups: groups[0] * groups[1] * groups[2] }] : [],
  );
  if (launched.length === 0) return null;
  const most = (of: (one: (typeof launched)[number]) => number) => Math.max(...launched.map(of));
  const threads = most((one) => one.workgroups * one.invocations);
  const largest = launched.find((one) => one.workgroups * one.invocations === threads);
  const found = {
    workgroupBytes: most((one) => one.workgroupBytes),
    invocations: most((one) => one.invocations),
    workgroups: largest?.workgroups ?? Number.NaN,
    threads,
  };
  return Object.values(found).every(Number.isFinite) ? found : null;
}
