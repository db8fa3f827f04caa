import { convertTo, counted, expression, read, zero } from './expressions.ts';
import { declare, inner, type Scope, tableEntry, typeOf, where } from './scope.ts';
import type { Notes } from './notes.ts';
import type { Statement } from './syntax.ts';
import { concrete } from './types.ts';

/** Labels that `break` and `continue` jump to. */
interface Jumps {
  out?: string;
  on?: string;
}

/** JavaScript of a function's statements. */
export const body = (scope: Scope, statements: Statement[]): string => block(scope, statements, {});

function block(outer: Scope, statements: Statement[], jumps: Jumps): string {
  const scope = inner(outer);
  if (scope.notes) return notedBlock(scope, scope.notes, statements, jumps);
  return statements.map((statement) => `${code(scope, statement, jumps)}\n`).join('');
}

/** A block whose statements tell a trace that they run, a stretch without branches at a time. */
function notedBlock(scope: Scope, notes: Notes, statements: Statement[], jumps: Jumps): string {
  let all = '';
  let stretch = '';
  let cost = { statements: 0, flops: 0 };
  const close = () => {
    if (cost.statements > 0) all += `${scope.path}.ran(${notes.stretch(cost)});\n`;
    all += stretch;
    stretch = '';
    cost = { statements: 0, flops: 0 };
  };
  for (const statement of statements) {
    notes.lives.tick();
    const flops = notes.counting(() => {
      stretch += `${code(scope, statement, jumps)}\n`;
    });
    cost = { statements: cost.statements + 1, flops: cost.flops + flops };
    if (!['declare', 'assign', 'call'].includes(statement.s)) close();
  }
  close();
  return all;
}

function code(scope: Scope, statement: Statement, jumps: Jumps): string {
  switch (statement.s) {
    case 'declare':
      return declaration(scope, statement);
    case 'assign':
      return assignment(scope, statement);
    case 'call':
      return `${expression(scope, statement.call).js};`;
    case 'block':
      return `{\n${block(scope, statement.body, jumps)}}`;
    case 'if': {
      const other = block(scope, statement.other, jumps);
      const then = block(scope, statement.body, jumps);
      const test = expression(scope, statement.test).js;
      return `if (${test}) {\n${then}}${other && ` else {\n${other}}`}`;
    }
    case 'return':
      if (!statement.value) return 'return;';
      return `return ${read(convertTo(expression(scope, statement.value), scope.returns, statement.line))};`;
    case 'break':
      return `break ${jumps.out};`;
    case 'continue':
      return `break ${jumps.on};`;
    case 'switch':
      return choice(scope, statement, jumps);
    default:
      return loop(scope, statement);
  }
}

type Of<S extends Statement['s']> = Statement & { s: S };

function declaration(scope: Scope, { keyword, name, type, value, line }: Of<'declare'>): string {
  const wanted = type && typeOf(scope, type);
  const given = value && expression(scope, value);
  const own = given && keyword !== 'const' ? concrete(given.type) : given?.type;
  const target = wanted ?? own;
  if (!target) throw new Error(`line ${line}: ${name} has neither type nor value.`);
  const js = given ? read(convertTo(given, target, line)) : zero(target);
  const word = keyword === 'var' ? 'let' : 'const';
  return `${word} ${declare(scope, name, target, keyword === 'var')} = ${js};`;
}

function assignment(scope: Scope, { op, to, value, line }: Of<'assign'>): string {
  const given = expression(scope, value);
  if (to.e === 'name' && to.name === '_') return `${given.js};`;
  const target = expression(scope, to);
  const { place, type } = target;
  if (!place) throw new Error(`line ${line}: a value can't be assigned to.`);
  if ('local' in place) {
    const result = op ? counted(scope, op, target, given, line) : given;
    return `${place.local} = ${read(convertTo(result, type, line))};`;
  }
  const at = `o${scope.count.next++}`;
  const entry = tableEntry(scope, type);
  const old = { js: `${place.memory}.load(${at}, ${entry}, ${where(scope, line)})`, type };
  const result = convertTo(op ? counted(scope, op, old, given, line) : given, type, line);
  const store = `${place.memory}.store(${at}, ${entry}, ${read(result)}, ${where(scope, line)});`;
  return `{ const ${at} = ${place.offset}; ${store} }`;
}

function choice(scope: Scope, statement: Of<'switch'>, jumps: Jumps): string {
  const id = scope.count.next++;
  const inside = { ...jumps, out: `out${id}` };
  const on = expression(scope, statement.on).js;
  let other = '';
  const branches = statement.cases.flatMap(({ values, body: statements }) => {
    const then = `{\n${block(scope, statements, inside)}}`;
    if (values.includes('default')) {
      other = then;
      return [];
    }
    const tests = values.map((v) =>
      v === 'default' ? '' : `v${id} === ${expression(scope, v).js}`,
    );
    return [`if (${tests.join(' || ')}) ${then}`];
  });
  const all = [...branches, ...(other ? [other] : [])].join(' else ');
  return `out${id}: {\nconst v${id} = ${on};\n${all}\n}`;
}

function loop(outer: Scope, statement: Of<'for'> | Of<'loop'>): string {
  const scope = inner(outer);
  const id = scope.count.next++;
  const init = statement.s === 'for' && statement.init ? code(scope, statement.init, {}) : '';
  const { notes, path } = scope;
  if (!notes) return `{ ${init}\nout${id}: for (;;) {\n${round(scope, statement, id)} }`;
  scope.path = `P${id}`;
  let once = '';
  const flops = notes.looping(() => {
    once = round(scope, statement, id);
  });
  const ran = `P${id}.ran(${notes.stretch({ statements: 1, flops })});`;
  const turn = `const P${id} = ${path}.next(${id}, n${id}++);\n${ran}`;
  return `{ ${init}\nlet n${id} = 0;\nout${id}: for (;;) {\n${turn}\n${once} }`;
}

/** One time around a loop. */
function round(scope: Scope, statement: Of<'for'> | Of<'loop'>, id: number): string {
  const jumps = { out: `out${id}`, on: `on${id}` };
  const leave = (test: string) => `if (${test}) break out${id};\n`;
  const isFor = statement.s === 'for';
  const test = isFor && statement.test ? leave(`!${expression(scope, statement.test).js}`) : '';
  const inside = block(scope, statement.body, jumps);
  const last = isFor
    ? statement.next
      ? code(scope, statement.next, {})
      : ''
    : block(scope, statement.continuing, jumps);
  const until = !isFor && statement.until ? leave(expression(scope, statement.until).js) : '';
  return `R.tick(${statement.line});\n${test}on${id}: {\n${inside}}\n${last}\n${until}}`;
}
