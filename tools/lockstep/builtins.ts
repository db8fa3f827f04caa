import { expression, withScalar } from './expressions.ts';
import { builtinFlops } from './notes.ts';
import { componentwise } from './numbers.ts';
import { type Scope, tableEntry, typeOf, type Value, where } from './scope.ts';
import type { Expr } from './syntax.ts';
import {
  concrete,
  isAbstract,
  kindOf,
  meet,
  nothing,
  type Scalar,
  scalar,
  type Type,
  vec,
} from './types.ts';

type Call = Expr & { e: 'call' };
type Rule = (scope: Scope, args: Value[], call: Call) => Value;

/** Abstract arguments take the kind of the others, or their default. */
function settled(args: Value[]): [Value[], Scalar] {
  const kind = meet(args.map((arg) => kindOf(arg.type)));
  const fixed = kind === 'int' || kind === 'float' ? kindOf(concrete(scalar(kind))) : kind;
  return [args.map((arg) => (isAbstract(kindOf(arg.type)) ? withScalar(arg, fixed) : arg)), fixed];
}

const floats = (args: Value[]) =>
  args.map((arg) => (isAbstract(kindOf(arg.type)) ? withScalar(arg, 'f32') : arg));

const onFloats =
  /^(a?(sin|cos|tan)h?|atan2|exp2?|log2?|pow|sqrt|inverseSqrt|f(loor|ract|ma)|ceil|round|trunc|mix|step|saturate|ldexp)$/;

function component(name: string): Rule {
  return (_, given) => {
    const [args, kind] = onFloats.test(name) ? [floats(given), 'f32'] : settled(given);
    const shape = args.find((arg) => arg.type.k === 'vec')?.type ?? args[0].type;
    const js = args.map((arg) => arg.js).join(', ');
    if (shape.k === 'vec')
      return { js: `R.each(S.${kind}, N.${name}, ${js})`, type: vec(shape.n, kind as Scalar) };
    return { js: `S.${kind}(N.${name}(${js}))`, type: scalar(kind as Scalar) };
  };
}

const barrier: Rule = (_, __, { line, callee }) => ({
  js: `yield { wait: '${callee.name}', line: ${line} }`,
  type: nothing,
});

const subgroup: Rule = (_, given, { line, callee }) => {
  const [[value], kind] = given.length ? settled(given.slice(0, 1)) : [[], 'u32' as Scalar];
  const extra = given[1] ? `, by: ${given[1].js}` : '';
  const js = `(yield { wait: '${callee.name}', line: ${line}, kind: '${kind}', value: ${value?.js}${extra} })`;
  const types: Record<string, Type> = {
    subgroupBallot: vec(4, 'u32'),
    subgroupAny: scalar('bool'),
    subgroupAll: scalar('bool'),
    subgroupElect: scalar('bool'),
  };
  return { js, type: types[callee.name] ?? concrete(value.type) };
};

const atomic: Rule = (scope, [target, ...rest], { line, callee }) => {
  const { place, type } = target;
  if (!place || !('memory' in place) || type.k !== 'ptr') {
    throw new Error(`line ${line}: ${callee.name} wants the address of an atomic.`);
  }
  const kind = kindOf(type.to);
  const args = rest.map((arg) => withScalar(arg, kind).js);
  const js = `${place.memory}.atomic('${callee.name}', ${place.offset}, '${kind}', [${args}], ${where(scope, line)})`;
  return { js, type: callee.name === 'atomicStore' ? nothing : type.to };
};

const dot: Rule = (_, given) => {
  const [[a, b], kind] = settled(given);
  return { js: `R.dot(A.${kind}, ${a.js}, ${b.js})`, type: scalar(kind) };
};

const length: Rule = (_, [a]) => ({ js: `F(Math.hypot(${a.js}))`, type: scalar('f32') });

const rules: Record<string, Rule> = {
  ...Object.fromEntries(Object.keys(componentwise).map((name) => [name, component(name)])),
  transpose(_, [{ js, type }]) {
    if (type.k !== 'mat') throw new Error('transpose of no matrix.');
    return { js: `R.transpose(${js})`, type: { k: 'mat', n: type.rows, rows: type.n } };
  },
  select(_, [no, yes, test]) {
    const [[a, b]] = settled([no, yes]);
    return { js: `R.select(${a.js}, ${b.js}, ${test.js})`, type: a.type };
  },
  all: (_, [a]) => ({ js: `[${a.js}].flat().every(Boolean)`, type: scalar('bool') }),
  any: (_, [a]) => ({ js: `[${a.js}].flat().some(Boolean)`, type: scalar('bool') }),
  dot,
  length,
  bitcast(scope, [a], { callee }) {
    const type = typeOf(scope, callee.args[0] as Parameters<typeof typeOf>[1]);
    const from = concrete(a.type);
    return { js: `R.map(bits('${kindOf(from)}', '${kindOf(type)}'), ${a.js})`, type };
  },
  arrayLength(_, [{ place, type }]) {
    const of = type.k === 'ptr' ? type.to : type;
    if (!place || !('memory' in place) || of.k !== 'array')
      throw new Error('arrayLength of no array.');
    return { js: `${place.memory}.count(${of.of.k === 'vec' ? of.of.n : 1})`, type: scalar('u32') };
  },
  workgroupBarrier: barrier,
  storageBarrier: barrier,
  workgroupUniformLoad(scope, [{ place, type }], { line }) {
    if (!place || !('memory' in place) || type.k !== 'ptr')
      throw new Error(`line ${line}: no address.`);
    const load = `${place.memory}.load(${place.offset}, ${tableEntry(scope, type.to)}, ${where(scope, line)})`;
    const wait = `yield { wait: 'workgroupUniformLoad', line: ${line} }`;
    return { js: `((${wait}), R.after(${load}, ${wait}))`, type: type.to };
  },
  unpack4xU8: (_, [a]) => ({ js: `R.bytes(${a.js})`, type: vec(4, 'u32') }),
  unpack4x8unorm: (_, [a]) => ({
    js: `R.map((x) => F(x / 255), R.bytes(${a.js}))`,
    type: vec(4, 'f32'),
  }),
  pack4xU8: (_, [a]) => ({ js: `R.pack(${a.js})`, type: scalar('u32') }),
};

export const isBuiltin = (name: string): boolean =>
  Object.hasOwn(rules, name) || /^(atomic|subgroup|quad)[A-Z]\w+$/.test(name);

/** Translates a call of one of WGSL's own functions. */
export function builtin(scope: Scope, call: Call): Value {
  const { name } = call.callee;
  const args = call.args.map((arg) => expression(scope, arg));
  scope.notes?.count(
    builtinFlops(
      name,
      args.map((arg) => arg.type),
    ),
  );
  if (Object.hasOwn(rules, name)) return rules[name](scope, args, call);
  return (name.startsWith('atomic') ? atomic : subgroup)(scope, args, call);
}
