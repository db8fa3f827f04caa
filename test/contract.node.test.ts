import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkContract } from '../tools/contract.ts';
import { splitFunctions } from '../tools/functions.ts';
import { reflect } from '../tools/reflect.ts';
import { contracts, filesOf, isLibrary, SHADERS } from '../tools/shaders.ts';
import { declarations } from '../tools/types.ts';

const good = `// scale / 1_plain: y[i] = s · x[i] + b[i]
//
// Layout    all are [n].
// Threads   one per element.
// Sync      none.
// Compare   nothing.

struct Params { n: u32, s: f32 }

override WIDTH: u32 = 64u;  // threads per workgroup
override FLIP: bool = false;  // whether s is negated

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

@compute @workgroup_size(WIDTH)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < p.n) { y[id.x] = epilogue(p.s * x[id.x] + b[id.x], id.x); }
}
`;
const second = good.replace('1_plain', '2_other');

/** What the checks say about a folder of two variants, of which one is edited. */
function complaint(edit: (code: string) => string, which: 1 | 2): string {
  try {
    const first = reflect(which === 1 ? edit(good) : good, 'scale/1_plain.wgsl');
    checkContract([reflect(which === 2 ? edit(second) : second, 'scale/2_other.wgsl'), first]);
    return 'nothing';
  } catch (error) {
    return (error as Error).message;
  }
}

type Row = [name: string, find: string | RegExp, put: string, message: string];

const kernels: Row[] = [
  ['template', 'p.s *', '$' + '{s} *', "22: '$" + "{' found. A kernel file has no templates."],
  [
    'syntax',
    'struct Params {',
    'struct Params (',
    "8: does not parse: Expected '{' for struct body.",
  ],
  [
    'entry point',
    'fn main(',
    'fn start(',
    "21: one compute entry point 'main' expected, got start.",
  ],
  ['no entry point', /@compute.*\n/, '', "1: one compute entry point 'main' expected, got none."],
  [
    'group',
    '@group(0) @binding(1)',
    '@group(1) @binding(1)',
    "14: binding 'b' is in group 1, not 0.",
  ],
  ['numbering', '@binding(2)', '@binding(5)', "15: binding 'y' has number 5, expected 2."],
  ['no output', /read_write/, 'read', '1: no read_write binding: no result.'],
  [
    'order',
    '<storage, read> x',
    '<storage, read_write> x',
    "14: input 'b' comes after an output. Inputs first, then outputs, then p.",
  ],
  [
    'uniform name',
    'var<uniform> p:',
    'var<uniform> q:',
    "16: the uniform is 'q: Params', expected 'p: Params'.",
  ],
  [
    'no uniform',
    /@group.*uniform.*\n/,
    '',
    '1: no uniform. Every kernel ends its bindings with p: Params.',
  ],
  [
    'uniform number',
    '@binding(3)',
    '@binding(4)',
    "16: 'p' has number 4, expected 3: it comes last.",
  ],
  [
    'vector field',
    's: f32 }',
    's: vec2f }',
    "8: Params field 's' is vec2f: u32, i32 or f32 expected.",
  ],
  [
    'override default',
    'u32 = 64u;',
    'u32 = 8u * 8u;',
    "10: 'override WIDTH: u32 = 8u * 8u;' is not 'override NAME: type = number;'.",
  ],
  ['override name', /WIDTH/g, 'width', "10: override 'width' is not in capitals."],
  [
    'workgroup size',
    'size(WIDTH)',
    'size(COUNT)',
    "20: workgroup size 'COUNT' is no number and no override.",
  ],
  [
    'too many invocations',
    '64u',
    '512u',
    '20: 512 invocations by default; every device has only 256.',
  ],
  [
    'feature',
    'struct Params',
    'enable texel;\nstruct Params',
    "8: 'enable texel;': subgroups or f16 expected.",
  ],
  [
    'epilogue text',
    'return v; }',
    'return v + 0.0; }',
    "18: epilogue must read 'fn epilogue(v: f32, i: u32) -> f32 { return v; }' or vec4f.",
  ],
  ['epilogue unused', 'epilogue(p.s', '(p.s', '18: epilogue is not called.'],
  [
    'two epilogues',
    'fn epilogue',
    'fn epilogue(v: f32, i: u32) -> f32 { return v; }\nfn epilogue',
    '19: a second epilogue. A kernel has one.',
  ],
  [
    'header line',
    '// scale / 1_plain:',
    '// plain scaling:',
    "1: the first line must begin '// scale / 1_plain: ' and give the formula.",
  ],
  ['header field', '// Sync      none.\n', '', "5: the header has no field 'Sync'."],
];

const contract: Row[] = [
  [
    'extra binding',
    ' b: array',
    ' bias: array',
    "14: binding 'bias' is not in the contract of scale/ (x, b, y, p).",
  ],
  [
    'missing binding',
    /@group.*\(1\).*\n(.*)\(2\)(.*\n.*)\(3\)/,
    '$1(1)$2(2)',
    "1: binding 'b' of the contract of scale/ (x, b, y, p) is missing.",
  ],
  [
    'moved binding',
    /> x(.*\n.*)> b/,
    '> b$1> x',
    "13: binding 'b' is out of order in the contract of scale/ (x, b, y, p).",
  ],
  [
    'access',
    '<storage, read> b',
    '<storage, read_write> b',
    "14: binding 'b' is read_write, the contract of scale/ has read.",
  ],
  [
    'element type',
    'b: array<f32>',
    'b: array<u32>',
    "14: binding 'b' is array<u32>, the contract of scale/ has array<f32>.",
  ],
  ['vectors of the same', 'b: array<f32>', 'b: array<vec4f>', 'nothing'],
  [
    'extra field',
    's: f32 }',
    's: f32, t: f32 }',
    "8: field 't' is not in the Params of scale/ (n, s).",
  ],
  ['missing field', ', s: f32 }', ' }', "8: field 's' of the Params of scale/ (n, s) is missing."],
  [
    'moved field',
    'n: u32, s: f32',
    's: f32, n: u32',
    "8: field 's' is out of order in the Params of scale/ (n, s).",
  ],
  [
    'field type',
    's: f32 }',
    's: u32 }',
    "8: field 's' is u32, the Params of scale/ (n, s) has f32.",
  ],
  [
    'no epilogue',
    /fn epilogue.*\n|epilogue(?=\(p)/g,
    '',
    '1: has no epilogue, unlike scale/1_plain.wgsl.',
  ],
];

describe('a kernel breaks a rule', () => {
  test.each(kernels)('%s', (_, find, put, message) => {
    expect(complaint((code) => code.replace(find, put), 1)).toBe(
      `shaders/scale/1_plain.wgsl:${message}`,
    );
  });
});

describe('a variant breaks the contract', () => {
  test.each(contract)('%s', (_, find, put, message) => {
    const expected = message === 'nothing' ? message : `shaders/scale/2_other.wgsl:${message}`;
    expect(complaint((code) => code.replace(find, put), 2)).toBe(expected);
  });
});

test('the reading order is 1, 2, ...', () => {
  const kernel = (file: string) => reflect(good, file);
  expect(() => checkContract([kernel('scale/2_plain.wgsl')])).toThrow(
    'the folder has no variant 1_.',
  );
  const twins = [kernel('scale/1_plain.wgsl'), kernel('scale/1_plain.wgsl')];
  expect(() => checkContract(twins)).toThrow('number 1 is taken by scale/1_plain.wgsl.');
});

test('reflection of a kernel', () => {
  const { code, ...kernel } = reflect(good, 'scale/1_plain.wgsl');
  expect(code).toBe(good);
  expect(kernel).toEqual({
    file: 'scale/1_plain.wgsl',
    bindings: [
      { name: 'x', binding: 0, access: 'read', type: 'array<f32>' },
      { name: 'b', binding: 1, access: 'read', type: 'array<f32>' },
      { name: 'y', binding: 2, access: 'read_write', type: 'array<f32>' },
    ],
    params: [
      { name: 'n', offset: 0, type: 'u32' },
      { name: 's', offset: 4, type: 'f32' },
    ],
    paramsBytes: 16,
    overrides: { WIDTH: 64, FLIP: 0 },
    workgroup: ['WIDTH', 1, 1],
    features: [],
    reals: [],
    epilogue: 'f32',
  });
});

test('functions of a library', () => {
  const library = `// About the file.

const HALF = 0.5;

// Half of x.
fn half(x: f32) -> f32 { return HALF * x; }

fn quarter(x: f32) -> f32 {
  // half, twice
  return half(half(x));
}
`;
  expect(splitFunctions(library, 'pointwise/functions.wgsl').functions).toEqual({
    HALF: { code: 'const HALF = 0.5;', calls: [] },
    half: { code: '// Half of x.\nfn half(x: f32) -> f32 { return HALF * x; }', calls: ['HALF'] },
    quarter: {
      code: 'fn quarter(x: f32) -> f32 {\n  // half, twice\n  return half(half(x));\n}',
      calls: ['half'],
    },
  });
  expect(() =>
    splitFunctions(`${library}var<private> z: f32;`, 'pointwise/functions.wgsl'),
  ).toThrow("shaders/pointwise/functions.wgsl:12: only 'fn', 'const' and comments may stand here.");
});

test('declarations are literal types', () => {
  const root = mkdtempSync(join(tmpdir(), 'eightfold-'));
  mkdirSync(join(root, 'scale'));
  writeFileSync(join(root, 'scale/1_plain.wgsl'), good);
  writeFileSync(join(root, 'scale/2_broken.wgsl'), good.replace('WIDTH', 'width'));
  const { text: written, errors } = declarations(root);
  const text = written.replace(/\s+/g, ' ');
  rmSync(root, { recursive: true });
  expect(text).toContain("declare module '*/scale/1_plain.wgsl'");
  expect(errors.map((e) => e.file)).toEqual(['scale/2_broken.wgsl']);
  expect(text).toContain("Kernel< 'x' | 'b' | 'y', 'n' | 's', 'WIDTH' | 'FLIP' >");
});

describe('a README names every variant, the index every folder', () => {
  const read = (...path: string[]) => readFileSync(join(SHADERS, ...path, 'README.md'), 'utf8');
  test.each(contracts())('%s', (contract) => {
    const kernels = filesOf(contract).filter((file) => !isLibrary(file));
    const names = kernels.map((file) => `\`${basename(file, '.wgsl')}\``);
    const text = read(contract);
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
    expect(read()).toContain(`\`${contract}\``);
  });
});
