import { builtin, isBuiltin } from './builtins.ts';
import { binaryFlops } from './notes.ts';
import { literal, type Scope, tableEntry, typeOf, type Value, where } from './scope.ts';
import type { Expr, TypeName } from './syntax.ts';
import {
  columnOf,
  concrete,
  isAbstract,
  kindOf,
  meet,
  nothing,
  offsetOf,
  type Scalar,
  scalar,
  show,
  sizeOf,
  strideOf,
  type Type,
  vec,
  withKind,
} from './types.ts';

/** JavaScript that reads the value and owns what it gets: composites are copied. */
export function read({ js, type, place }: Value): string {
  const composite = !['scalar', 'ptr', 'void'].includes(type.k);
  return place && 'local' in place && composite ? `R.copy(${js})` : js;
}

export function zero(type: Type): string {
  if (type.k === 'scalar') return type.s === 'bool' ? 'false' : '0';
  if (type.k === 'vec') return `[${Array(type.n).fill(zero(scalar(type.s)))}]`;
  if (type.k === 'array') return `Array.from({ length: ${type.n} }, () => (${zero(type.of)}))`;
  if (type.k === 'mat') return `[${Array(type.n).fill(zero(columnOf(type)))}]`;
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
      return counted(scope, e.op, expression(scope, e.a), expression(scope, e.b), e.line);
    default:
      return call(scope, e);
  }
}

function name(scope: Scope, text: string, line: number): Value {
  if (text === 'true' || text === 'false') return { js: text, type: scalar('bool') };
  const found = scope.values.get(text);
  if (!found) throw new Error(`line ${line}: '${text}' is not declared.`);
  scope.notes?.lives.use(found.js);
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
    js: `${place.memory}.load(${place.offset}, ${tableEntry(scope, type)}, ${where(scope, line)})`,
    type,
    place,
  };
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
  if (type.k !== 'vec' && type.k !== 'array' && type.k !== 'mat')
    throw new Error(`line ${line}: [] of ${show(type)}.`);
  const checked = type.n === 0 ? `(${at.js})` : `R.at(${at.js}, ${type.n}, ${line})`;
  if (type.k === 'vec') return component(scope, of, checked, line);
  const element = type.k === 'mat' ? columnOf(type) : type.of;
  if (place && 'memory' in place) {
    const offset = `${place.offset} + ${checked} * ${strideOf(type)}`;
    return inMemory(scope, element, { memory: place.memory, offset }, line);
  }
  const js = `${of.js}[${checked}]`;
  return { js, type: element, ...(place && { place: { local: js } }) };
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
      : `${place.memory}.store(${place.offset}, ${tableEntry(scope, of.type)}, x, ${where(scope, line)});`;
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

/** A binary operation, with its floating-point operations noted. */
export function counted(scope: Scope, op: string, a: Value, b: Value, line: number): Value {
  scope.notes?.count(binaryFlops(op, a.type, b.type));
  return binary(op, a, b, line);
}

function binary(op: string, left: Value, right: Value, line: number): Value {
  if (op === '&&' || op === '||') {
    return { js: `(${left.js} ${op} ${right.js})`, type: scalar('bool') };
  }
  if (left.type.k === 'mat' || right.type.k === 'mat') return withMatrix(op, left, right, line);
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

/** Sums, products and multiples of matrices, column by column. */
function withMatrix(op: string, a: Value, b: Value, line: number): Value {
  const [ma, mb] = [a.type, b.type];
  if (ma.k === 'mat' && mb.k === 'mat' && op !== '*') {
    return { js: `R.columns(A.f32['${op}'], ${a.js}, ${b.js})`, type: ma };
  }
  if (ma.k === 'mat' && mb.k === 'mat') {
    const type: Type = { k: 'mat', n: mb.n, rows: ma.rows };
    return { js: `R.matMat(${a.js}, ${b.js})`, type };
  }
  if (op === '*' && ma.k === 'mat' && mb.k === 'vec') {
    return { js: `R.matVec(${a.js}, ${b.js})`, type: columnOf(ma) };
  }
  if (op === '*' && ma.k === 'vec' && mb.k === 'mat') {
    return { js: `R.matVec(R.transpose(${b.js}), ${a.js})`, type: vec(mb.n, 'f32') };
  }
  const [mat, times] = ma.k === 'mat' ? [a, b] : [b, a];
  if (op !== '*' || times.type.k !== 'scalar')
    throw new Error(`line ${line}: '${op}' of a matrix.`);
  const js = `R.columns(A.f32['*'], ${mat.js}, ${withScalar(times, 'f32').js})`;
  return { js, type: mat.type };
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
  if (scope.notes) given.push(`${scope.path}.next(${scope.count.next++}, 0)`);
  scope.notes?.lives.call(target.name);
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
  if (type.k === 'mat') return matrix(type, args);
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

/** A matrix from its columns, or from all its numbers column by column. */
function matrix(type: Type & { k: 'mat' }, args: Value[]): Value {
  const floats = args.map((arg) => withScalar(arg, 'f32').js);
  if (args[0].type.k === 'vec') return { js: `[${floats.map((js) => `[...${js}]`)}]`, type };
  const columns = Array.from({ length: type.n }, (_, i) => {
    return `[${floats.slice(i * type.rows, (i + 1) * type.rows)}]`;
  });
  return { js: `[${columns}]`, type };
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
