import type { Notes } from './notes.ts';
import type { Declaration, Expr, TypeName } from './syntax.ts';
import { resolve, type Scalar, scalar, show, sizeOf, type Type } from './types.ts';

/**
 * A value in the JavaScript that is being written. `js` reads it. One that can be assigned has a
 * place: a JS location, or words of a buffer.
 */
export interface Value {
  js: string;
  type: Type;
  place?: { local: string } | { memory: string; offset: string };
}

export type FunctionDeclaration = Declaration & { d: 'function' };

/** Everything that is known while one file is turned into JavaScript. */
export interface Scope {
  types: Map<string, Type>;
  functions: Map<string, FunctionDeclaration>;
  /** Functions that may wait for other invocations: generators in JavaScript. */
  waiting: Set<string>;
  values: Map<string, Value>;
  /** Numbers of constants and overrides, for array sizes. */
  numbers: Map<string, number>;
  /** Types that the running code looks up by index. */
  table: Type[];
  /** Makes names unique. */
  count: { next: number };
  returns: Type;
  /** What a trace wants to know besides; null when nobody traces. */
  notes: Notes | null;
  /** The JavaScript name of the path that leads here: calls and loops with their iterations. */
  path: string;
}

export const inner = (scope: Scope): Scope => ({ ...scope, values: new Map(scope.values) });

/** Declares a name; returns its JavaScript name. */
export function declare(scope: Scope, name: string, type: Type, assignable: boolean): string {
  const js = `$${name}_${scope.count.next++}`;
  scope.notes?.lives.declare(js, type.k === 'ptr' ? 0 : sizeOf(type));
  scope.values.set(name, { js, type, ...(assignable && { place: { local: js } }) });
  return js;
}

/** The last arguments of an access to memory: its line and, for a trace, its site and path. */
export const where = (scope: Scope, line: number): string =>
  scope.notes ? `${line}, ${scope.notes.sites++}, ${scope.path}` : `${line}`;

export const typeOf = (scope: Scope, name: TypeName): Type =>
  resolve(name, scope.types, (size) => number(scope, size));

/** How running code names a type. */
export function tableEntry(scope: Scope, type: Type): string {
  const at = scope.table.findIndex((known) => show(known) === show(type));
  return `T[${at >= 0 ? at : scope.table.push(type) - 1}]`;
}

/** The number that a constant expression stands for. */
export function number(scope: Scope, e: Expr): number {
  if (e.e === 'number') return Number.parseFloat(literal(e.text).js);
  if (e.e === 'name' && scope.numbers.has(e.name)) return scope.numbers.get(e.name)!;
  if (e.e === 'unary' && e.op === '-') return -number(scope, e.of);
  if (e.e === 'call' && e.args.length === 1) return number(scope, e.args[0]);
  if (e.e === 'binary') {
    const [a, b] = [number(scope, e.a), number(scope, e.b)];
    const whole = Number.isInteger(a) && Number.isInteger(b);
    if (e.op === '/') return whole ? Math.trunc(a / b) : a / b;
    const known: Record<string, number> = { '+': a + b, '-': a - b, '*': a * b, '<<': a * 2 ** b };
    if (e.op in known) return known[e.op];
  }
  return Number.NaN; // not a number that an array size may use
}

/** A number as written: `1`, `2u`, `0x7fu`, `1e-3f`. */
export function literal(text: string): Value {
  const hex = /^0[xX]/.test(text);
  const suffix = (hex ? /[iu]$/ : /[iufh]$/).exec(text)?.[0];
  const digits = suffix ? text.slice(0, -1) : text;
  const kinds: Record<string, Scalar> = { i: 'i32', u: 'u32', f: 'f32' };
  const kind = suffix ? kinds[suffix] : !hex && /[.eE]/.test(digits) ? 'float' : 'int';
  const value = kind === 'f32' ? Math.fround(Number(digits)) : Number(digits);
  return { js: `${value}`, type: scalar(kind) };
}
