import library from '../shaders/pointwise/functions.wgsl';
import {
  type Chain,
  foursOf,
  isByte,
  sameOperand,
  storedType,
  type Uniform,
  uniformOf,
  wgslType,
} from './chain.ts';
import { argumentsOf, operandOf } from './fuse.ts';
import type { FunctionLibrary, Kernel } from './kernel.ts';
import { withHalf } from './pipeline.ts';
import type { Tensor } from './tensor.ts';

/** The struct that holds a generated uniform. */
const structText = (name: string, { fields }: Uniform): string =>
  `struct ${name} { ${fields.map((f) => `${f.name}: ${wgslType(f.type)}`).join(', ')} }`;

/** `fn chain(...)`: the group's ops, one after another, for one element. */
function chainText(chain: Chain): string {
  const { group, outputs, reads, numbers } = chain;
  const names = new Map<Tensor, string>();
  const body = group.nodes.map((node, i) => {
    const args = argumentsOf(node).map((t) => {
      const operand = operandOf(t, group);
      if (operand.kind === 'number') return `s${numbers.indexOf(operand.tensor)}`;
      if (operand.kind === 'member') return names.get(operand.tensor) as string;
      return `a${reads.findIndex((r) => sameOperand(r.operand, operand))}`;
    });
    names.set(node.outputs[0], `t${i}`);
    const text =
      node.op.kind === 'view'
        ? args[0]
        : node.op.code?.(args, node.attrs, node.inputs[node.inputs.length - 1].dtype);
    return `  let t${i} = ${text};  // ${node.op.name}`;
  });
  const args = [
    ...reads.map((r, j) => `a${j}: ${wgslType(r.operand.tensor.dtype)}`),
    ...numbers.map((t, j) => `s${j}: ${wgslType(t.dtype)}`),
  ].join(', ');
  const results = outputs.map((t) => names.get(t));
  const single = outputs.length === 1;
  const type = single ? wgslType(outputs[0].dtype) : 'Results';
  const struct = single
    ? ''
    : `struct Results { ${outputs.map((t, i) => `r${i}: ${wgslType(t.dtype)}`).join(', ')} }\n`;
  const value = single ? results[0] : `Results(${results.join(', ')})`;
  return `${struct}fn chain(${args}) -> ${type} {\n${body.join('\n')}\n  return ${value};\n}`;
}

const functions: FunctionLibrary['functions'] = library.functions;

/** Functions of the library that a text calls, with those they call, in the library's order. */
export function functionsFor(text: string): string {
  const wanted = new Set<string>();
  const want = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const other of functions[name].calls) want(other);
  };
  for (const [word] of text.matchAll(/\b[A-Za-z]\w*\b/g)) if (word in functions) want(word);
  return Object.keys(functions)
    .filter((name) => wanted.has(name))
    .map((name) => functions[name].code)
    .join('\n');
}

/** Index functions of the operands read by strides. */
function indexText({ loop, reads }: Chain, u: string): string {
  return reads
    .map((read, j) => {
      if (read.pattern !== 'strided') return '';
      const lines = [`fn at${j}(i: u32) -> u32 {`, '  var rest = i;', `  var at = ${u}.o${j};`];
      for (let d = loop.length - 1; d >= 0; d--) {
        const used = read.strides[d] !== 0;
        if (d === 0) {
          if (used) lines.push(`  at += rest * u32(${u}.x${j}_0);`);
        } else {
          if (used) lines.push(`  at += (rest % ${u}.d${d}) * u32(${u}.x${j}_${d});`);
          lines.push(`  rest /= ${u}.d${d};`);
        }
      }
      return [...lines, '  return at;', '}'].join('\n');
    })
    .filter(Boolean)
    .join('\n');
}

/** One element of operand j at loop index `i`. */
function load1(chain: Chain, j: number, x: string, i: string, u: string): string {
  const read = chain.reads[j];
  const last = chain.loop.length - 1;
  const at = { all: i, one: '0u', row: `${i} % ${u}.d${last}`, strided: `at${j}(${i})` }[
    read.pattern
  ];
  if (isByte(read)) return `((${x}[(${at}) / 4u] >> (8u * ((${at}) % 4u))) & 255u)`;
  return isHalf(chain, j) ? `f32(${x}[${at}])` : `${x}[${at}]`;
}

const isHalf = ({ reads }: Chain, j: number): boolean => reads[j].operand.tensor.dtype === 'f16';

/** Four consecutive elements from loop index `i`, a multiple of 4. */
function load4(chain: Chain, j: number, x: string, i: string, u: string): string {
  const read = chain.reads[j];
  const last = chain.loop.length - 1;
  const type = wgslType(read.operand.tensor.dtype);
  if (isByte(read) && read.pattern === 'all') {
    return `((vec4u(${x}[${i} / 4u]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u))`;
  }
  if (vectorised(chain, j)) {
    const at = { all: i, row: `(${i} % ${u}.d${last})`, strided: `at${j}(${i})`, one: '' };
    const four = `${x}[${at[read.pattern]} / 4u]`;
    return isHalf(chain, j) ? `vec4f(${four})` : four;
  }
  if (read.pattern === 'one' || same(chain, j)) return `vec4<${type}>(${load1(chain, j, x, i, u)})`;
  const four = [0, 1, 2, 3].map((c) => load1(chain, j, x, `(${i} + ${c}u)`, u));
  return `vec4<${type}>(${four.join(', ')})`;
}

/** Whether operand j is bound as an array of vec4 in the four-wide form. */
function vectorised({ reads, loop }: Chain, j: number): boolean {
  const read = reads[j];
  if (isByte(read)) return false;
  if (read.pattern === 'one') return false;
  return read.pattern === 'all' || foursOf(read, loop) === 'neighbours';
}

/** Whether four consecutive elements of the loop read one element of operand j. */
const same = ({ reads, loop }: Chain, j: number): boolean =>
  reads[j].pattern === 'strided' && foursOf(reads[j], loop) === 'same';

const elementType = (chain: Chain, j: number, wide: Chain['wide']): string => {
  const type = storedType(chain.reads[j].operand.tensor.dtype);
  return vectorised(chain, j) ? packed(type, wide) : type;
};

/** One element, a vector of four, or two of them side by side. */
const packed = (type: string, wide: Chain['wide']): string =>
  ({ 1: type, 4: `vec4<${type}>`, 8: `array<vec4<${type}>, 2>` })[wide];

/** The plain numbers as locals: each is loaded once, not at every call of chain. */
const numberLets = ({ numbers }: Chain, u: string): string =>
  numbers.map((_, j) => `  let s${j} = ${u}.s${j};`).join('\n');

/** The call of chain on operands named by `value`. */
const callOf = ({ reads, numbers }: Chain, value: (j: number) => string): string =>
  `chain(${[...reads.map((_, j) => value(j)), ...numbers.map((_, j) => `s${j}`)].join(', ')})`;

/**
 * Results of four calls of chain, as vec4 per output, on operands named by `value`. Four scalars: CPU
 * drivers compute one component after another anyway, and GPUs have scalar units.
 */
function fourCalls(
  chain: Chain,
  indent: string,
  value = (j: number) => `v${j}`,
  r = 'r',
): { calls: string; results: string[] } {
  const calls = [...'xyzw']
    .map((c, i) => `${indent}let ${r}${i} = ${callOf(chain, (j) => `${value(j)}.${c}`)};`)
    .join('\n');
  const results = chain.outputs.map((t, o) => {
    const field = chain.outputs.length === 1 ? '' : `.r${o}`;
    const four = [0, 1, 2, 3].map((i) => `${r}${i}${field}`);
    return `vec4<${wgslType(t.dtype)}>(${four.join(', ')})`;
  });
  return { calls, results };
}

const labelOf = ({ group }: Chain): string =>
  group.nodes
    .map((n) => n.op.name)
    .slice(0, 8)
    .join(' ') + (group.nodes.length > 8 ? ' ...' : '');

/**
 * The kernel of a fused group: a generated loop around hand-written scalar functions. `inPlace[j]`
 * names the output whose memory operand j is; such an operand has no binding of its own.
 */
export function pointwiseKernel(chain: Chain, inPlace: readonly number[]): Kernel {
  const { wide } = chain;
  const size = chain.group.shape.reduce((n, d) => n * d, 1);
  const uniform = uniformOf(chain, size);
  const bindings: { name: string; binding: number; access: 'read' | 'read_write'; type: string }[] =
    [];
  const bind = (name: string, access: 'read' | 'read_write', type: string) =>
    bindings.push({ name, binding: bindings.length, access, type: `array<${type}>` });
  chain.reads.forEach((_, j) => {
    if (inPlace[j] < 0) bind(`x${j}`, 'read', elementType(chain, j, wide));
  });
  chain.outputs.forEach((t, o) => {
    bind(`y${o}`, 'read_write', packed(storedType(t.dtype), wide));
  });
  const body = chainText(chain);
  const index = indexText(chain, 'p');
  const name = (j: number) => (inPlace[j] < 0 ? `x${j}` : `y${inPlace[j]}`);
  const code = [
    `// pointwise: ${labelOf(chain)}`,
    structText('Params', uniform),
    ...bindings.map(
      (b) => `@group(0) @binding(${b.binding}) var<storage, ${b.access}> ${b.name}: ${b.type};`,
    ),
    `@group(0) @binding(${bindings.length}) var<uniform> p: Params;`,
    functionsFor(body),
    index,
    body,
    '@compute @workgroup_size(64)',
    'fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u,',
    '        @builtin(local_invocation_index) lane: u32) {',
    '  let stride = num.x * num.y * 64u;',
    '  let n = p.n;',
    numberLets(chain, 'p'),
    { 1: narrowLoop, 4: wideLoop, 8: widestLoop }[wide](chain, name),
    '}',
  ].filter(Boolean);
  return {
    file: 'pointwise/generated.wgsl',
    code: withHalf(code.join('\n')),
    bindings,
    params: [],
    paramsBytes: uniform.fields.length * 4,
    overrides: {},
    workgroup: [64, 1, 1],
    features: [],
    reals: [],
    epilogue: null,
  };
}

/** The value of output o as it is stored. */
function stored({ outputs }: Chain, o: number, value: string, wide = false): string {
  if (outputs[o].dtype !== 'f16') return value;
  return wide ? `vec4<f16>(${value})` : `f16(${value})`;
}

/**
 * A loop of q over pieces of `wide` elements. It ends where an array does, which it would anyway:
 * every index is bounded by a length, and a CPU driver, which divides four times for one, keeps
 * those that are asked for before the loop.
 */
function loopText(chain: Chain, name: (j: number) => string, wide: 4 | 8): string {
  const whole = chain.reads.map((read, j) =>
    read.pattern === 'all' && vectorised(chain, j) ? name(j) : '',
  );
  const arrays = new Set([...chain.outputs.map((_, o) => `y${o}`), ...whole.filter(Boolean)]);
  const end = [...arrays].reduce((least, x) => `min(${least}, arrayLength(&${x}))`, `n / ${wide}u`);
  return [
    `  let end = ${end};`,
    '  for (var q = (wid.x + wid.y * num.x) * 64u + lane; q < end; q += stride) {',
  ].join('\n');
}

function wideLoop(chain: Chain, name: (j: number) => string): string {
  const { calls, results } = fourCalls(chain, '    ');
  const loads = chain.reads.map((_, j) => `    let v${j} = ${load4(chain, j, name(j), 'i', 'p')};`);
  return [
    loopText(chain, name, 4),
    '    let i = q * 4u;',
    ...loads,
    calls,
    ...results.map((r, o) => `    y${o}[q] = ${stored(chain, o, r, true)};`),
    '  }',
  ].join('\n');
}

/** Operands are read in order or are one element: `chainOf` sees to it. */
function widestLoop(chain: Chain, name: (j: number) => string): string {
  const loads = chain.reads.map(({ pattern }, j) =>
    pattern === 'one'
      ? `    let v${j} = vec4<${wgslType(chain.reads[j].operand.tensor.dtype)}>(${name(j)}[0]);`
      : `    let v${j} = ${name(j)}[q];`,
  );
  const value = (c: number) => (j: number) =>
    chain.reads[j].pattern === 'one' ? `v${j}` : `v${j}[${c}]`;
  const two = [0, 1].map((c) => fourCalls(chain, '    ', value(c), `r${c}`));
  return [
    loopText(chain, name, 8),
    ...loads,
    ...two.map(({ calls }) => calls),
    ...chain.outputs.map((t, o) => {
      const parts = two.map(({ results }) => results[o]);
      return `    y${o}[q] = ${packed(wgslType(t.dtype), 8)}(${parts.join(', ')});`;
    }),
    '  }',
  ].join('\n');
}

function narrowLoop(chain: Chain, name: (j: number) => string): string {
  const call = callOf(chain, (j) => load1(chain, j, name(j), 'i', 'p'));
  const stores = chain.outputs.map(
    (_, o) => `    y${o}[i] = ${stored(chain, o, chain.outputs.length === 1 ? 'r' : `r.r${o}`)};`,
  );
  return [
    '  for (var i = (wid.x + wid.y * num.x) * 64u + lane; i < n; i += stride) {',
    `    let r = ${call};`,
    ...stores,
    '  }',
  ].join('\n');
}

/** A group as the body of a kernel's `epilogue`. */
export interface Epilogue {
  readonly text: string;
  /** Operands with bindings of their own, in binding order; the uniform follows. */
  readonly reads: readonly number[];
}

/**
 * Writes the epilogue text for a kernel whose own bindings end before `firstBinding`; operand `own`
 * is the value being stored.
 */
export function epilogueText(
  chain: Chain,
  own: number,
  type: 'f32' | 'vec4f',
  firstBinding: number,
): Epilogue {
  const wide = type === 'vec4f';
  const reads = chain.reads.map((_, j) => j).filter((j) => j !== own);
  const body = chainText(chain);
  const load = wide ? load4 : load1;
  const value = (j: number) => (j === own ? 'v' : load(chain, j, `e${j}`, 'i', 'e'));
  const lines = chain.reads.map((_, j) => `  let v${j} = ${value(j)};`);
  const { calls, results } = fourCalls(chain, '  ');
  const result = wide
    ? [calls, `  return ${results[0]};`]
    : [`  return ${callOf(chain, (j) => `v${j}`)};`];
  const size = chain.group.shape.reduce((n, d) => n * d, 1);
  const text = [
    structText('Epilogue', uniformOf(chain, size)),
    ...reads.map(
      (j, i) =>
        `@group(0) @binding(${firstBinding + i}) var<storage, read> e${j}: array<${elementType(chain, j, wide ? 4 : 1)}>;`,
    ),
    `@group(0) @binding(${firstBinding + reads.length}) var<uniform> e: Epilogue;`,
    functionsFor(body),
    indexText(chain, 'e'),
    body,
    `fn epilogue(v: ${type}, i: u32) -> ${type} {`,
    numberLets(chain, 'e'),
    ...lines,
    ...result,
    '}',
  ].filter(Boolean);
  return { text: text.join('\n'), reads };
}
