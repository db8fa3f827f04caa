import { convertTo, expression, read, zero } from './expressions.ts';
import { Notes } from './notes.ts';
import { parse } from './parse.ts';
import {
  declare,
  type FunctionDeclaration,
  inner,
  number,
  type Scope,
  typeOf,
  type Value,
} from './scope.ts';
import type { Declaration, Field } from './syntax.ts';
import { body } from './statements.ts';
import { concrete, kindOf, nothing, scalar, sizeOf, type Type } from './types.ts';

export interface Variable {
  name: string;
  space: 'storage' | 'uniform' | 'workgroup';
  binding: number;
  type: Type;
}

/** A compute shader as JavaScript. `source` is the body of a function of `names`. */
export interface Program {
  source: string;
  table: Type[];
  variables: Variable[];
  workgroup: [number, number, number];
  /** What was noted for a trace; null without one. */
  notes: Notes | null;
  /** Words of the variables that each invocation has of its own. */
  privateWords: number;
}

/**
 * Translates one kernel.
 * @param traced whether the running code is to tell where it is, for a trace
 * @throws Error with the line of what it can't translate
 */
export function compile(
  code: string,
  overrides: Readonly<Record<string, number>>,
  traced = false,
): Program {
  const file = parse(code);
  const scope: Scope = {
    types: new Map(),
    functions: new Map(),
    waiting: new Set(),
    values: new Map(),
    numbers: new Map(),
    table: [],
    count: { next: 0 },
    returns: nothing,
    notes: traced ? new Notes() : null,
    path: 'P',
  };
  const shared: string[] = [];
  const own: string[] = [];
  const variables: Variable[] = [];
  let privateWords = 0;
  for (const item of file) {
    if (item.d === 'function') scope.functions.set(item.name, item);
  }
  findWaiting(scope);
  for (const item of file) {
    if (item.d === 'struct') scope.types.set(item.name, structType(scope, item.name, item.fields));
    else if (item.d === 'alias') scope.types.set(item.name, typeOf(scope, item.type));
    else if (item.d === 'value') shared.push(constant(scope, item, overrides));
    else if (item.d === 'var' && item.space === 'private') {
      own.push(privateVariable(scope, item));
      privateWords += sizeOf(typeOf(scope, item.type));
    } else if (item.d === 'var') variables.push(memoryVariable(scope, item));
  }
  for (const item of scope.functions.values()) own.push(functionCode(scope, item));
  const main = scope.functions.get('main');
  if (!main) throw new Error("no entry point 'main'.");
  return {
    source: `${shared.join('\n')}\nreturn () => {\n${own.join('\n')}\nreturn $main;\n};`,
    table: scope.table,
    variables,
    workgroup: [0, 1, 2].map((i) => {
      const size = main.attributes.workgroup_size[i];
      return size ? number(scope, size) : 1;
    }) as [number, number, number],
    notes: scope.notes,
    privateWords,
  };
}

const waits = /^(workgroupBarrier|storageBarrier|workgroupUniformLoad|subgroup\w+|quad[A-Z]\w+)$/;

function findWaiting(scope: Scope): void {
  const calls = (item: FunctionDeclaration) =>
    [...JSON.stringify(item.body).matchAll(/"callee":{"name":"(\w+)"/g)].map((m) => m[1]);
  for (let before = -1; before !== scope.waiting.size; ) {
    before = scope.waiting.size;
    for (const item of scope.functions.values()) {
      const waiting = calls(item).some((name) => waits.test(name) || scope.waiting.has(name));
      if (waiting || item.name === 'main') scope.waiting.add(item.name);
    }
  }
}

const structType = (scope: Scope, name: string, fields: Field[]): Type => ({
  k: 'struct',
  name,
  fields: fields.map((field) => ({ name: field.name, type: typeOf(scope, field.type) })),
});

type Of<D extends Declaration['d']> = Declaration & { d: D };

function constant(
  scope: Scope,
  item: Of<'value'>,
  overrides: Readonly<Record<string, number>>,
): string {
  const { name, line, keyword } = item;
  const wanted = item.type && typeOf(scope, item.type);
  const given = keyword === 'override' ? overrides[name] : undefined;
  if (given === undefined && !item.value) throw new Error(`line ${line}: ${name} has no value.`);
  let value = item.value && expression(scope, item.value);
  if (given !== undefined) {
    const type = wanted ?? concrete(value?.type ?? scalar('f32'));
    value = { type, js: kindOf(type) === 'bool' ? `${!!given}` : `${given}` };
    scope.numbers.set(name, given);
  } else if (item.value && value?.type.k === 'scalar' && value.type.s !== 'bool') {
    scope.numbers.set(name, number(scope, item.value));
  }
  const settled = wanted ? convertTo(value!, wanted, line) : value!;
  const js = declare(scope, name, settled.type, false);
  return `const ${js} = ${read(settled)};`;
}

function privateVariable(scope: Scope, item: Of<'var'>): string {
  const type = typeOf(scope, item.type);
  const value = item.value ? convertTo(expression(scope, item.value), type, item.line).js : '';
  return `let ${declare(scope, item.name, type, true)} = ${value || zero(type)};`;
}

function memoryVariable(scope: Scope, item: Of<'var'>): Variable {
  const { name, attributes } = item;
  const type = typeOf(scope, item.type);
  const space = item.space as Variable['space'];
  const binding = attributes.binding ? number(scope, attributes.binding[0]) : -1;
  const memory = `M.${name}`;
  const value: Value = { js: memory, type, place: { memory, offset: '0' } };
  scope.values.set(name, space === 'uniform' ? { js: memory, type } : value);
  return { name, space, binding, type };
}

function functionCode(outer: Scope, item: FunctionDeclaration): string {
  const scope = inner(outer);
  scope.returns = item.returns ? typeOf(scope, item.returns) : nothing;
  scope.notes?.lives.begin(item.name);
  const names = item.params.map(({ name, type }) => {
    const js = declare(scope, name, typeOf(scope, type), false);
    return js;
  });
  const builtins = item.params.map(({ attributes }) => {
    const [which] = attributes.builtin ?? [];
    return which?.e === 'name' ? `B.${which.name}` : '';
  });
  const star = scope.waiting.has(item.name) ? '*' : '';
  const isMain = item.name === 'main';
  const start = isMain ? names.map((js, i) => `const ${js} = ${builtins[i]};\n`).join('') : '';
  const given = [...(isMain ? ['B'] : names), ...(scope.notes ? ['P'] : [])];
  return `function${star} $${item.name}(${given}) {\n${start}${body(scope, item.body)}}`;
}
