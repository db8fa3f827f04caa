import type { Expr, TypeName } from './syntax.ts';

/** `int` and `float` are WGSL's abstract numbers, which take the type of their surroundings. */
export type Scalar = 'f32' | 'i32' | 'u32' | 'bool' | 'int' | 'float';

export type Type =
  | { k: 'scalar'; s: Scalar }
  | { k: 'vec'; n: number; s: Scalar }
  | { k: 'mat'; n: number; rows: number } // n columns of f32
  | { k: 'array'; of: Type; n: number } // n = 0: as long as the buffer
  | { k: 'struct'; name: string; fields: { name: string; type: Type }[] }
  | { k: 'ptr'; to: Type }
  | { k: 'void' };

export const scalar = (s: Scalar): Type => ({ k: 'scalar', s });
export const vec = (n: number, s: Scalar): Type => ({ k: 'vec', n, s });
export const nothing: Type = { k: 'void' };

const letters: Record<string, Scalar> = { f: 'f32', i: 'i32', u: 'u32' };

/**
 * The type that a name stands for.
 * @param named types that the file declares; @param size value of a constant expression
 */
export function resolve(
  { name, args }: TypeName,
  named: ReadonlyMap<string, Type>,
  size: (e: Expr) => number,
): Type {
  const known = named.get(name);
  if (known) return known;
  const inner = (i: number) => resolve(args[i] as TypeName, named, size);
  if (['f32', 'i32', 'u32', 'bool'].includes(name)) return scalar(name as Scalar);
  const short = /^vec([234])([fiu])$/.exec(name);
  if (short) return vec(Number(short[1]), letters[short[2]]);
  const long = /^vec([234])$/.exec(name);
  if (long && args.length === 1) return vec(Number(long[1]), kindOf(inner(0)));
  const matrix = /^mat([234])x([234])f?$/.exec(name);
  if (matrix) return { k: 'mat', n: Number(matrix[1]), rows: Number(matrix[2]) };
  if (name === 'atomic') return inner(0);
  if (name === 'ptr') return { k: 'ptr', to: inner(1) };
  if (name === 'array' && args.length > 0) {
    const count = args[1];
    return { k: 'array', of: inner(0), n: count ? size(asExpr(count)) : 0 };
  }
  throw new Error(`type '${name}' is not known.`);
}

const asExpr = (arg: TypeName | Expr): Expr =>
  'e' in arg ? arg : { e: 'name', line: 0, name: arg.name };

/** The scalar that a scalar or vector is made of. */
export function kindOf(type: Type): Scalar {
  if (type.k === 'scalar' || type.k === 'vec') return type.s;
  throw new Error(`a scalar or vector expected, got ${show(type)}.`);
}

/** The type of a matrix's columns. */
export const columnOf = (type: Type & { k: 'mat' }): Type => vec(type.rows, 'f32');

/** The same shape with another scalar. */
export const withKind = (type: Type, s: Scalar): Type =>
  type.k === 'vec' ? vec(type.n, s) : scalar(s);

export const isAbstract = (s: Scalar) => s === 'int' || s === 'float';

/** What an abstract number becomes where nothing else says so. */
export function concrete(type: Type): Type {
  if (type.k !== 'scalar' && type.k !== 'vec') return type;
  return isAbstract(type.s) ? withKind(type, type.s === 'int' ? 'i32' : 'f32') : type;
}

/** The scalar that values of these kinds meet in. */
export function meet(kinds: readonly Scalar[]): Scalar {
  const fixed = kinds.find((kind) => !isAbstract(kind));
  return fixed ?? (kinds.includes('float') ? 'float' : 'int');
}

/** Alignment in words of 4 bytes. */
export function alignOf(type: Type): number {
  if (type.k === 'vec') return type.n === 2 ? 2 : 4;
  if (type.k === 'array') return alignOf(type.of);
  if (type.k === 'mat') return type.rows === 2 ? 2 : 4;
  if (type.k === 'struct') return Math.max(...type.fields.map((field) => alignOf(field.type)));
  return 1;
}

/** Size in words of 4 bytes. */
export function sizeOf(type: Type): number {
  if (type.k === 'vec') return type.n;
  if (type.k === 'array') return type.n * strideOf(type);
  if (type.k === 'mat') return type.n * alignOf(type);
  if (type.k !== 'struct') return 1;
  const last = type.fields[type.fields.length - 1];
  return roundUp(offsetOf(type, last.name) + sizeOf(last.type), alignOf(type));
}

/** Words from one element of an array to the next. */
export const strideOf = (type: Type & { k: 'array' | 'mat' }): number =>
  type.k === 'mat' ? alignOf(type) : roundUp(sizeOf(type.of), alignOf(type.of));

/** Offset of a struct's field in words. */
export function offsetOf(type: Type & { k: 'struct' }, name: string): number {
  let offset = 0;
  for (const field of type.fields) {
    offset = roundUp(offset, alignOf(field.type));
    if (field.name === name) return offset;
    offset += sizeOf(field.type);
  }
  throw new Error(`struct ${type.name} has no field '${name}'.`);
}

const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;

export function show(type: Type): string {
  if (type.k === 'scalar') return type.s;
  if (type.k === 'vec') return `vec${type.n}<${type.s}>`;
  if (type.k === 'array') return `array<${show(type.of)}${type.n ? `, ${type.n}` : ''}>`;
  if (type.k === 'mat') return `mat${type.n}x${type.rows}`;
  if (type.k === 'ptr') return `ptr<${show(type.to)}>`;
  return type.k === 'struct' ? type.name : 'nothing';
}
