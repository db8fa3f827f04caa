import { builtin, isBuiltin } from './builtins.ts';
import { parse } from './parse.ts';
import type { Declaration, Expr, Field, TypeName } from './syntax.ts';
import { body } from './statements.ts';
import {
  concrete,
  isAbstract,
  kindOf,
  meet,
  nothing,
  offsetOf,
  resolve,
  type Scalar,
  scalar,
  show,
  sizeOf,
  strideOf,
  type Type,
  vec,
  withKind,
} from './types.ts';

/**
 * A value in the JavaScript that is being written. `js` reads it. One that can be assigned has a
 * place: a JS location, or words of a buffer.
 */
export interface Value {
  js: string;
  type: Type;
  place?: { local: string } | { memory: string; offset: string };
}

type FunctionDeclaration = Declaration & { d: 'function' };

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
}

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
}

export const inner = (scope: Scope): Scope => ({ ...scope, values: new Map(scope.values) });

/** Declares a name; returns its JavaScript name. */
export function declare(scope: Scope, name: string, type: Type, assignable: boolean): string {
  const js = `$${name}_${scope.count.next++}`;
  scope.values.set(name, { js, type, ...(assignable && { place: { local: js } }) });
  return js;
}

/** Translates one kernel. @throws Error with the line of what it can't translate */
export function compile(code: string, overrides: Record<string, number>): Program {
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
  };
  const shared: string[] = [];
  const own: string[] = [];
  const variables: Variable[] = [];
  for (const item of file) {
    if (item.d === 'function') scope.functions.set(item.name, item);
  }
  findWaiting(scope);
  for (const item of file) {
    if (item.d === 'struct') scope.types.set(item.name, structType(scope, item.name, item.fields));
    else if (item.d === 'alias') scope.types.set(item.name, typeOf(scope, item.type));
    else if (item.d === 'value') shared.push(constant(scope, item, overrides));
    else if (item.d === 'var' && item.space === 'private') own.push(privateVariable(scope, item));
    else if (item.d === 'var') variables.push(memoryVariable(scope, item));
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
  };
}

const waits = /^(workgroupBarrier|storageBarrier|workgroupUniformLoad|subgroup\w+)$/;

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

export const typeOf = (scope: Scope, name: TypeName): Type =>
  resolve(name, scope.types, (size) => number(scope, size));

const structType = (scope: Scope, name: string, fields: Field[]): Type => ({
  k: 'struct',
  name,
  fields: fields.map((field) => ({ name: field.name, type: typeOf(scope, field.type) })),
});

type Of<D extends Declaration['d']> = Declaration & { d: D };

function constant(scope: Scope, item: Of<'value'>, overrides: Record<string, number>): string {
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
  return `function${star} $${item.name}(${isMain ? 'B' : names}) {\n${start}${body(scope, item.body)}}`;
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

function literal(text: string): Value {
  const hex = /^0[xX]/.test(text);
  const suffix = (hex ? /[iu]$/ : /[iufh]$/).exec(text)?.[0];
  const digits = suffix ? text.slice(0, -1) : text;
  const kinds: Record<string, Scalar> = { i: 'i32', u: 'u32', f: 'f32' };
  const kind = suffix ? kinds[suffix] : !hex && /[.eE]/.test(digits) ? 'float' : 'int';
  const value = kind === 'f32' ? Math.fround(Number(digits)) : Number(digits);
  return { js: `${value}`, type: scalar(kind) };
}

/** JavaScript that reads the value and owns what it gets: composites are copied. */
export function read({ js, type, place }: Value): string {
  const composite = type.k === 'vec' || type.k === 'array' || type.k === 'struct';
  return place && 'local' in place && composite ? `R.copy(${js})` : js;
}

export function zero(type: Type): string {
  if (type.k === 'scalar') return type.s === 'bool' ? 'false' : '0';
  if (type.k === 'vec') return `[${Array(type.n).fill(zero(scalar(type.s)))}]`;
  if (type.k === 'array') return `Array.from({ length: ${type.n} }, () => (${zero(type.of)}))`;
  if (type.k !== 'struct') throw new Error(`no zero of ${show(type)}.`);
  return `({ ${type.fields.map(({ name, type: of }) => `${name}: ${zero(of)}`).join(', ')} })`;
}

/** The value as `type`, where abstract numbers allow it. */
export function convertTo(value: Value, type: Type, line: number): Value {
  if (show(value.type) === show(type)) return value;
  if ((value.type.k === 'scalar' || value.type.k === 'vec') && isAbstract(value.type.s)) {
    const kind = kindOf(type);
    const fits = value.type.k === type.k && !(value.type.s === 'float' && kind !== 'f32');
    if (fits && kind !== 'bool') return withScalar(value, kind);
  }
  throw new Error(`line ${line}: ${show(type)} expected, got ${show(value.type)}.`);
}

/** An abstract scalar or vector as one of `kind`. */
export function withScalar(value: Value, kind: Scalar): Value {
  if (kindOf(value.type) === kind) return value;
  const type = withKind(value.type, kind);
  if (kind !== 'f32') return { js: value.js, type };
  return { js: value.type.k === 'vec' ? `R.map(F, ${value.js})` : `F(${value.js})`, type };
}

export function expression(scope: Scope, e: Expr): Value {
  switch (e.e) {
    case 'number':
      return literal(e.text);
    case 'name':
      return name(scope, e.name, e.line);
    case 'member':
      return member(expression(scope, e.of), e.name, scope, e.line);
    case 'index':
      return index(scope, expression(scope, e.of), expression(scope, e.index), e.line);
    case 'unary':
      return unary(scope, e.op, expression(scope, e.of), e.line);
    case 'binary':
      return binary(e.op, expression(scope, e.a), expression(scope, e.b), e.line);
    default:
      return call(scope, e);
  }
}

function name(scope: Scope, text: string, line: number): Value {
  if (text === 'true' || text === 'false') return { js: text, type: scalar('bool') };
  const found = scope.values.get(text);
  if (!found) throw new Error(`line ${line}: '${text}' is not declared.`);
  const { place } = found;
  return place && 'memory' in place ? inMemory(scope, found.type, place, line) : found;
}

/** A value that lives at an offset (in words) of a buffer or of workgroup memory. */
function inMemory(
  scope: Scope,
  type: Type,
  place: { memory: string; offset: string },
  line: number,
): Value {
  if (type.k === 'array' && type.n === 0) return { js: 'undefined', type, place };
  return {
    js: `${place.memory}.load(${place.offset}, ${tableEntry(scope, type)}, ${line})`,
    type,
    place,
  };
}

/** How running code names a type. */
export function tableEntry(scope: Scope, type: Type): string {
  const at = scope.table.findIndex((known) => show(known) === show(type));
  return `T[${at >= 0 ? at : scope.table.push(type) - 1}]`;
}

function member(of: Value, field: string, scope: Scope, line: number): Value {
  const { type, place } = of;
  if (type.k === 'struct') {
    const found = type.fields.find((f) => f.name === field);
    if (!found) throw new Error(`line ${line}: ${show(type)} has no field '${field}'.`);
    if (place && 'memory' in place) {
      const offset = `${place.offset} + ${offsetOf(type, field)}`;
      return inMemory(scope, found.type, { memory: place.memory, offset }, line);
    }
    const js = `${of.js}.${field}`;
    return { js, type: found.type, ...(place && { place: { local: js } }) };
  }
  if (type.k !== 'vec') throw new Error(`line ${line}: '.${field}' of ${show(type)}.`);
  const lanes = [...field].map((letter) => 'xyzwrgba'.indexOf(letter) % 4);
  if (lanes.length > 1) {
    return { js: `R.pick(${of.js}, [${lanes}])`, type: vec(lanes.length, type.s) };
  }
  return component(scope, of, `${lanes[0]}`, line);
}

function component(scope: Scope, of: Value, at: string, line: number): Value {
  const type = scalar(kindOf(of.type));
  if (of.place && 'memory' in of.place) {
    const { memory, offset } = of.place;
    return inMemory(scope, type, { memory, offset: `${offset} + ${at}` }, line);
  }
  const js = `${of.js}[${at}]`;
  return { js, type, ...(of.place && { place: { local: js } }) };
}

function index(scope: Scope, of: Value, at: Value, line: number): Value {
  const { type, place } = of;
  if (type.k !== 'vec' && type.k !== 'array') throw new Error(`line ${line}: [] of ${show(type)}.`);
  const checked = type.n === 0 ? `(${at.js})` : `R.at(${at.js}, ${type.n}, ${line})`;
  if (type.k === 'vec') return component(scope, of, checked, line);
  if (place && 'memory' in place) {
    const offset = `${place.offset} + ${checked} * ${strideOf(type)}`;
    return inMemory(scope, type.of, { memory: place.memory, offset }, line);
  }
  const js = `${of.js}[${checked}]`;
  return { js, type: type.of, ...(place && { place: { local: js } }) };
}

function unary(scope: Scope, op: string, of: Value, line: number): Value {
  if (op === '*') {
    if (of.type.k !== 'ptr') throw new Error(`line ${line}: '*' of ${show(of.type)}.`);
    const js = `${of.js}.v`;
    return { js, type: of.type.to, place: { local: js } };
  }
  if (op === '&') return pointer(scope, of, line);
  const kind = kindOf(of.type);
  const one = op === '!' ? '!x' : op === '-' ? (kind === 'i32' ? '-x | 0' : '-x') : '~x';
  const js = op === '~' && kind === 'u32' ? '~x >>> 0' : one;
  if (of.type.k === 'vec') return { js: `R.map((x) => ${js}, ${of.js})`, type: of.type };
  return { js: `(${js.replace('x', `(${of.js})`)})`, type: of.type };
}

function pointer(scope: Scope, of: Value, line: number): Value {
  const { place } = of;
  if (!place) throw new Error(`line ${line}: '&' of a value.`);
  const set =
    'local' in place
      ? `${place.local} = x;`
      : `${place.memory}.store(${place.offset}, ${tableEntry(scope, of.type)}, x, ${line});`;
  const js = `({ get v() { return ${of.js}; }, set v(x) { ${set} } })`;
  return { js, type: { k: 'ptr', to: of.type }, place };
}

/** Brings two operands to one kind. */
function together(a: Value, b: Value, line: number): [Value, Value, Scalar] {
  const [ka, kb] = [kindOf(a.type), kindOf(b.type)];
  const kind = meet([ka, kb]);
  const fits = (k: Scalar) => k === kind || k === 'int' || (k === 'float' && kind === 'f32');
  if (!fits(ka) || !fits(kb) || (kind === 'bool' && ka !== kb)) {
    throw new Error(`line ${line}: ${show(a.type)} and ${show(b.type)} don't go together.`);
  }
  return [withScalar(a, kind), withScalar(b, kind), kind];
}

export function binary(op: string, left: Value, right: Value, line: number): Value {
  if (op === '&&' || op === '||') {
    return { js: `(${left.js} ${op} ${right.js})`, type: scalar('bool') };
  }
  const shift = op === '<<' || op === '>>';
  const [a, b, kind] = shift ? [left, right, kindOf(left.type)] : together(left, right, line);
  const shape = a.type.k === 'vec' ? a.type : b.type;
  const compares = /^([=!<>]=|[<>])$/.test(op);
  const type = withKind(shape, compares ? 'bool' : kind);
  if (shape.k === 'vec') {
    const table = compares ? 'C' : `A.${kind}`;
    return { js: `R.zip(${table}['${op}'], ${a.js}, ${b.js})`, type };
  }
  if (compares) return { js: `(${a.js} ${op.replace(/^([=!])=/, '$1==')} ${b.js})`, type };
  return { js: arithmeticCode(op, kind, a.js, b.js), type };
}

function arithmeticCode(op: string, kind: Scalar, a: string, b: string): string {
  if (kind === 'f32') return `F(${a} ${op} ${b})`;
  if (kind === 'bool') return `!!(${a} ${op} ${b})`;
  const simple = op === '+' || op === '-';
  if (simple && kind === 'u32') return `((${a} ${op} ${b}) >>> 0)`;
  if (simple && kind === 'i32') return `((${a} ${op} ${b}) | 0)`;
  return `A.${kind}['${op}'](${a}, ${b})`;
}

function call(scope: Scope, e: Expr & { e: 'call' }): Value {
  const { callee, line } = e;
  const target = scope.functions.get(callee.name);
  if (!target && isBuiltin(callee.name)) return builtin(scope, e);
  const args = e.args.map((arg) => expression(scope, arg));
  if (!target) return construct(scope, callee, args, line);
  const given = target.params.map((param, i) =>
    read(convertTo(args[i], typeOf(scope, param.type), line)),
  );
  const js = `$${target.name}(${given.join(', ')})`;
  const type = target.returns ? typeOf(scope, target.returns) : nothing;
  return { js: scope.waiting.has(target.name) ? `(yield* ${js})` : js, type };
}

function construct(scope: Scope, callee: TypeName, args: Value[], line: number): Value {
  const type = constructed(scope, callee, args);
  if (args.length === 0) return { js: zero(type), type };
  if (type.k === 'struct') {
    const fields = type.fields.map(({ name: field, type: of }, i) => {
      return `${field}: ${read(convertTo(args[i], of, line))}`;
    });
    return { js: `({ ${fields.join(', ')} })`, type };
  }
  if (type.k === 'array') {
    return { js: `[${args.map((arg) => read(convertTo(arg, type.of, line))).join(', ')}]`, type };
  }
  const kind = kindOf(type);
  const parts = args.map((arg) => {
    const from = kindOf(arg.type);
    const js = from === kind ? arg.js : `R.map(K('${from}', '${kind}'), ${arg.js})`;
    return arg.type.k === 'vec' ? `...${js}` : js;
  });
  if (type.k === 'scalar') return { js: parts[0], type };
  const splat = args.length === 1 && args[0].type.k === 'scalar';
  if (!splat) {
    const n = args.reduce((sum, arg) => sum + sizeOf(arg.type), 0);
    if (n !== sizeOf(type)) throw new Error(`line ${line}: ${show(type)} from ${n} components.`);
  }
  return { js: splat ? `Array(${sizeOf(type)}).fill(${parts[0]})` : `[${parts.join(', ')}]`, type };
}

/** The type that `vec4f(...)`, `vec4(...)` or `array(...)` makes. */
function constructed(scope: Scope, callee: TypeName, args: Value[]): Type {
  const bare = /^vec([234])$/.exec(callee.name);
  if (bare && callee.args.length === 0) {
    return vec(Number(bare[1]), meet(args.map((arg) => kindOf(arg.type))));
  }
  if (callee.name === 'array' && callee.args.length === 0) {
    return { k: 'array', of: concrete(args[0].type), n: args.length };
  }
  return typeOf(scope, callee);
}
