import { scan, type Token } from './scan.ts';
import type { Declaration, Expr, Field, Statement, TypeName } from './syntax.ts';

const matrices = [2, 3, 4].flatMap((n) => [2, 3, 4].map((rows) => `mat${n}x${rows}`));
const plain = ['array', 'vec2', 'vec3', 'vec4', 'ptr', 'atomic', 'bitcast'];
const templates = new Set([...plain, ...matrices]);

const levels = ['||', '&&', '|', '^', '&', '== !=', '< > <= >=', '<< >>', '+ -', '* / %'].map(
  (signs) => new Set(signs.split(' ')),
);

/** Parses the part of WGSL that compute kernels use. Throws Error with the line. */
export function parse(code: string): Declaration[] {
  return new Parser(scan(code)).program();
}

class Parser {
  private at = 0;
  private readonly tokens: Token[];

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  program(): Declaration[] {
    const found: Declaration[] = [];
    while (this.peek.kind !== 'end') {
      if (this.take(';')) continue;
      if (['enable', 'requires', 'diagnostic', 'const_assert'].includes(this.peek.text)) {
        while (!this.take(';')) this.at++;
      } else found.push(this.declaration());
    }
    return found;
  }

  private get peek(): Token {
    return this.tokens[this.at];
  }

  private take(text: string): boolean {
    if (this.peek.text !== text) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    const { line, text: found } = this.peek;
    if (!this.take(text)) throw new Error(`line ${line}: '${text}' expected, got '${found}'.`);
  }

  private word(): string {
    const token = this.tokens[this.at++];
    if (token.kind === 'word') return token.text;
    throw new Error(`line ${token.line}: a name expected, got '${token.text}'.`);
  }

  private list<T>(end: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.take(end)) {
      items.push(item());
      if (!this.take(',')) {
        this.expect(end);
        break;
      }
    }
    return items;
  }

  private attributes(): Record<string, Expr[]> {
    const found: Record<string, Expr[]> = {};
    while (this.take('@')) {
      const name = this.word();
      found[name] = this.take('(') ? this.list(')', () => this.expression()) : [];
    }
    return found;
  }

  private declaration(): Declaration {
    const attributes = this.attributes();
    const { line } = this.peek;
    const keyword = this.word();
    if (keyword === 'fn') return { ...this.function(), line, attributes };
    if (keyword === 'struct') {
      const name = this.word();
      this.expect('{');
      return { d: 'struct', line, attributes, name, fields: this.list('}', () => this.field()) };
    }
    if (keyword === 'alias') {
      const name = this.word();
      this.expect('=');
      return { d: 'alias', line, attributes, name, type: this.end(this.type()) };
    }
    if (keyword === 'var') {
      const space = this.take('<') ? this.list('>', () => this.word())[0] : 'private';
      const { name, type, value } = this.named();
      if (!type) throw new Error(`line ${line}: var ${name} has no type.`);
      return this.end({ d: 'var', line, attributes, name, space, type, value });
    }
    return this.end({ d: 'value', line, attributes, keyword, ...this.named() });
  }

  private end<T>(value: T): T {
    this.expect(';');
    return value;
  }

  private named() {
    const name = this.word();
    const type = this.take(':') ? this.type() : undefined;
    const value = this.take('=') ? this.expression() : undefined;
    return { name, type, value };
  }

  private field(): Field {
    const attributes = this.attributes();
    const name = this.word();
    this.expect(':');
    return { name, type: this.type(), attributes };
  }

  private function() {
    const name = this.word();
    this.expect('(');
    const params = this.list(')', () => this.field());
    let returns: TypeName | undefined;
    if (this.take('->')) {
      this.attributes();
      returns = this.type();
    }
    return { d: 'function' as const, name, params, returns, body: this.block() };
  }

  private type(): TypeName {
    const name = this.word();
    const typed = templates.has(name) && this.take('<');
    return { name, args: typed ? this.list('>', () => this.templateArgument()) : [] };
  }

  private templateArgument(): TypeName | Expr {
    if (this.peek.kind === 'number') return this.expression(8);
    const { at } = this;
    const type = this.type();
    if ([',', '>'].includes(this.peek.text)) return type;
    this.at = at;
    return this.expression(8); // a size such as WX * WY; comparisons need parentheses here
  }

  private block(): Statement[] {
    const body: Statement[] = [];
    this.attributes();
    this.expect('{');
    while (!this.take('}')) if (!this.take(';')) body.push(this.statement());
    return body;
  }

  private statement(): Statement {
    const { line, text } = this.peek;
    if (text === '{' || text === '@') return { s: 'block', line, body: this.block() };
    if (!['if', 'for', 'while', 'loop', 'switch'].includes(text)) return this.end(this.simple());
    this.at++;
    if (text === 'if') return this.branch(line);
    if (text === 'for') return this.counted(line);
    if (text === 'switch') return this.choice(line);
    if (text === 'while') return { s: 'for', line, test: this.expression(), body: this.block() };
    return this.endless(line);
  }

  private branch(line: number): Statement {
    const test = this.expression();
    const body = this.block();
    if (!this.take('else')) return { s: 'if', line, test, body, other: [] };
    const next = this.peek.line;
    const other = this.take('if') ? [this.branch(next)] : this.block();
    return { s: 'if', line, test, body, other };
  }

  private counted(line: number): Statement {
    this.expect('(');
    const init = this.peek.text === ';' ? undefined : this.simple();
    this.expect(';');
    const test = this.peek.text === ';' ? undefined : this.expression();
    this.expect(';');
    const next = this.peek.text === ')' ? undefined : this.simple();
    this.expect(')');
    return { s: 'for', line, init, test, next, body: this.block() };
  }

  private endless(line: number): Statement {
    const body: Statement[] = [];
    const continuing: Statement[] = [];
    let until: Expr | undefined;
    this.expect('{');
    while (!this.take('}')) {
      if (this.take('continuing')) {
        this.expect('{');
        while (!this.take('}')) {
          if (this.peek.text === 'break' && this.tokens[this.at + 1].text === 'if') {
            this.at += 2;
            until = this.end(this.expression());
          } else continuing.push(this.statement());
        }
      } else if (!this.take(';')) body.push(this.statement());
    }
    return { s: 'loop', line, body, continuing, until };
  }

  private choice(line: number): Statement {
    const on = this.expression();
    const cases: { values: (Expr | 'default')[]; body: Statement[] }[] = [];
    this.expect('{');
    while (!this.take('}')) {
      const values: (Expr | 'default')[] = [];
      if (this.take('default')) values.push('default');
      else {
        this.expect('case');
        do {
          if ([':', '{'].includes(this.peek.text)) break;
          values.push(this.take('default') ? 'default' : this.expression());
        } while (this.take(','));
      }
      this.take(':');
      cases.push({ values, body: this.block() });
    }
    return { s: 'switch', line, on, cases };
  }

  private simple(): Statement {
    const { line, text } = this.peek;
    if (['let', 'var', 'const'].includes(text)) {
      this.at++;
      if (this.take('<')) this.list('>', () => this.word());
      return { s: 'declare', line, keyword: text, ...this.named() };
    }
    if (text === 'return') {
      this.at++;
      return { s: 'return', line, value: this.peek.text === ';' ? undefined : this.expression() };
    }
    if (text === 'break' || text === 'continue') {
      this.at++;
      return { s: text, line };
    }
    const to = this.expression();
    if (to.e === 'call') return { s: 'call', line, call: to };
    const op = this.tokens[this.at++].text;
    const one: Expr = { e: 'number', text: '1', line };
    if (op === '++' || op === '--') return { s: 'assign', line, op: op[0], to, value: one };
    if (!/^([-+*/%&|^]|<<|>>)?=$/.test(op)) throw new Error(`line ${line}: '${op}' after a value.`);
    return { s: 'assign', line, op: op.slice(0, -1), to, value: this.expression() };
  }

  private expression(level = 0): Expr {
    if (level === levels.length) return this.unary();
    let a = this.expression(level + 1);
    for (;;) {
      const { line, text } = this.peek;
      const shift = text === '>' && this.tokens[this.at + 1].text === '>';
      const op = shift ? '>>' : text;
      if (!levels[level].has(op)) return a;
      this.at += shift ? 2 : 1;
      a = { e: 'binary', line, op, a, b: this.expression(level + 1) };
    }
  }

  private unary(): Expr {
    const { line, text } = this.peek;
    if (['-', '!', '~', '*', '&'].includes(text)) {
      this.at++;
      return { e: 'unary', line, op: text, of: this.unary() };
    }
    return this.postfix();
  }

  private postfix(): Expr {
    let of = this.primary();
    for (;;) {
      const { line } = this.peek;
      if (this.take('.')) of = { e: 'member', line, of, name: this.word() };
      else if (this.take('[')) {
        of = { e: 'index', line, of, index: this.expression() };
        this.expect(']');
      } else return of;
    }
  }

  private primary(): Expr {
    const { line, kind, text } = this.peek;
    if (kind === 'number') {
      this.at++;
      return { e: 'number', line, text };
    }
    if (this.take('(')) {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    const callee = this.type();
    if (this.take('(')) {
      return { e: 'call', line, callee, args: this.list(')', () => this.expression()) };
    }
    if (callee.args.length > 0) throw new Error(`line ${line}: ${callee.name}<...> is no value.`);
    return { e: 'name', line, name: callee.name };
  }
}
