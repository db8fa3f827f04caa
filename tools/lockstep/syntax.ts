/** A type as written: `vec4<f32>` is { name: 'vec4', args: [{ name: 'f32' }] }. */
export interface TypeName {
  name: string;
  args: (TypeName | Expr)[];
}

export type Expr = { line: number } & (
  | { e: 'number'; text: string }
  | { e: 'name'; name: string }
  | { e: 'call'; callee: TypeName; args: Expr[] }
  | { e: 'member'; of: Expr; name: string }
  | { e: 'index'; of: Expr; index: Expr }
  | { e: 'unary'; op: string; of: Expr }
  | { e: 'binary'; op: string; a: Expr; b: Expr }
);

export type Statement = { line: number } & (
  | { s: 'declare'; keyword: string; name: string; type?: TypeName; value?: Expr }
  | { s: 'assign'; op: string; to: Expr; value: Expr }
  | { s: 'call'; call: Expr }
  | { s: 'if'; test: Expr; body: Statement[]; other: Statement[] }
  | { s: 'for'; init?: Statement; test?: Expr; next?: Statement; body: Statement[] }
  | { s: 'loop'; body: Statement[]; continuing: Statement[]; until?: Expr }
  | { s: 'switch'; on: Expr; cases: { values: (Expr | 'default')[]; body: Statement[] }[] }
  | { s: 'return'; value?: Expr }
  | { s: 'block'; body: Statement[] }
  | { s: 'break' | 'continue' }
);

export interface Field {
  name: string;
  type: TypeName;
  attributes: Record<string, Expr[]>;
}

export type Declaration = { line: number; attributes: Record<string, Expr[]>; name: string } & (
  | { d: 'struct'; fields: Field[] }
  | { d: 'alias'; type: TypeName }
  | { d: 'value'; keyword: string; type?: TypeName; value?: Expr }
  | { d: 'var'; space: string; type: TypeName; value?: Expr }
  | { d: 'function'; params: Field[]; returns?: TypeName; body: Statement[] }
);
