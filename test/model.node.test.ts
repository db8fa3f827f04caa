import { describe, expect, test } from 'vitest';
import { model, type ModelRow } from '../tools/lockstep/model.ts';

// The model of hardware on kernels whose answers follow from the definitions by hand.

const WORDS = 1 << 13;

interface Row {
  name: string;
  /** Statements of main. */
  code: string;
  also?: string;
  size?: number;
  groups?: number[];
  expect: (row: ModelRow) => unknown;
  wanted: unknown;
}

function run({ code, also = '', size = 32, groups = [1] }: Row): ModelRow {
  const text = `struct Params { n: u32, s: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> v: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> w: array<vec4f>;
@group(0) @binding(4) var<uniform> p: Params;
${also}
@compute @workgroup_size(${size})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) wid: vec3u) {
${code}
}`;
  const buffers = [0, 1, 2, 3].map((i) => [i, new ArrayBuffer(WORDS * 4)] as const);
  const params = new Uint32Array([32, 0, 0, 0]).buffer;
  const bindings = new Map([...buffers, [4, params] as const]);
  return model({ file: 'row/1_row.wgsl', code: text, overrides: {}, groups, bindings });
}

const tile = 'var<workgroup> tile: array<f32, 1056>;';
const tile2 = 'var<workgroup> tile: array<vec2f, 1024>;';
const tile4 = 'var<workgroup> tile: array<vec4f, 512>;';

const reads = (r: ModelRow) => [r.reads.coalesced, r.reads.lines];
const writes = (r: ModelRow) => [r.writes.coalesced, r.writes.lines];
const banks = (r: ModelRow) => [r.banks.worst, r.banks.mean];

const global: Row[] = [
  { name: 'neighbours', code: 'let a = x[t];', expect: reads, wanted: [1, 1] },
  { name: 'neighbours, vec4', code: 'let a = v[t];', expect: reads, wanted: [1, 1] },
  { name: 'neighbours, turned', code: 'let a = x[31u - t];', expect: reads, wanted: [1, 1] },
  { name: 'every second', code: 'let a = x[2u * t];', expect: reads, wanted: [0.5, 0.5] },
  { name: 'columns', code: 'let a = x[32u * t];', expect: reads, wanted: [4 / 32, 1 / 32] },
  { name: 'columns of vec4', code: 'let a = v[8u * t];', expect: reads, wanted: [16 / 32, 4 / 32] },
  { name: 'one for all', code: 'let a = x[7u];', expect: reads, wanted: [1, 1] },
  {
    name: 'one for each half',
    code: 'let a = x[t / 16u * 64u];',
    expect: reads,
    wanted: [0.5, 0.5],
  },
  { name: 'off by one', code: 'let a = x[t + 1u];', expect: reads, wanted: [4 / 5, 1 / 2] },
  { name: 'off by a sector', code: 'let a = x[t + 8u];', expect: reads, wanted: [1, 1 / 2] },
  { name: 'neighbours, written', code: 'y[t] = 1.0;', expect: writes, wanted: [1, 1] },
  { name: 'columns, written', code: 'y[32u * t] = 1.0;', expect: writes, wanted: [1 / 8, 1 / 32] },
  {
    name: 'vec4 a lane, one number at a time',
    code: 'let a = vec4f(x[4u * t], x[4u * t + 1u], x[4u * t + 2u], x[4u * t + 3u]);',
    expect: (r) => [r.reads.coalesced, r.reads.cached],
    wanted: [0.25, 1],
  },
  {
    name: 'rows, of which later iterations use the rest',
    code: 'var s = 0.0; for (var i = 0u; i < 8u; i++) { s += x[8u * t + i]; } y[t] = s;',
    expect: (r) => [r.reads.coalesced, r.reads.cached, r.reads.bytes, r.reads.fetched],
    wanted: [4 / 32, 1, 32, 32],
  },
  {
    name: 'reads of which a cache saves all but one',
    code: 'var s = 0.0; for (var i = 0u; i < 8u; i++) { s += x[t]; } y[t] = s;',
    expect: (r) => [r.reads.coalesced, r.reads.bytes, r.reads.fetched],
    wanted: [1, 32, 4],
  },
  {
    name: 'a branch that half of the lanes take',
    code: 'if (t < 16u) { y[t] = x[t]; }',
    expect: (r) => [r.reads.coalesced, r.writes.coalesced, r.reads.bytes],
    wanted: [1, 1, 2],
  },
  {
    name: 'lanes that are in different iterations do not meet',
    code: 'var s = 0.0; for (var i = t % 2u; i < 2u; i++) { s += x[t + 32u * i]; } y[t] = s;',
    expect: (r) => r.sites.filter(({ kind }) => kind === 'read').map((s) => s.instructions),
    wanted: [2],
  },
  {
    name: 'a function called twice is two instructions',
    also: 'fn get(i: u32) -> f32 { return x[i]; }',
    code: 'y[t] = get(t) + get(t + 32u);',
    expect: (r) => [r.reads.coalesced, ...r.sites.map((s) => s.instructions)],
    wanted: [1, 2, 1],
  },
  {
    name: 'a copy moves each byte once',
    code: 'let i = wid.x * 64u + t; w[i] = v[i];',
    size: 64,
    groups: [8],
    expect: (r) => [r.reads.bytes, r.writes.bytes, r.reads.fetched, r.intensity],
    wanted: [16, 16, 16, 0],
  },
];

const shared: Row[] = [
  { name: 'neighbours', code: 'tile[t] = 1.0;', also: tile, expect: banks, wanted: [1, 1] },
  { name: 'one for all', code: 'let a = tile[5];', also: tile, expect: banks, wanted: [1, 1] },
  { name: 'every second', code: 'tile[2u * t] = 1.0;', also: tile, expect: banks, wanted: [2, 2] },
  {
    name: 'a column of 32 × 32',
    code: 'let a = tile[32u * t];',
    also: tile,
    expect: banks,
    wanted: [32, 32],
  },
  {
    name: 'a column of 32 × 33',
    code: 'let a = tile[33u * t];',
    also: tile,
    expect: banks,
    wanted: [1, 1],
  },
  {
    name: 'neighbours of vec2',
    code: 'let a = tile[t];',
    also: tile2,
    expect: banks,
    wanted: [1, 1],
  },
  {
    name: 'neighbours of vec4',
    code: 'let a = tile[t];',
    also: tile4,
    expect: banks,
    wanted: [1, 1],
  },
  {
    name: 'every second vec4',
    code: 'let a = tile[2u * t];',
    also: tile4,
    expect: banks,
    wanted: [2, 2],
  },
  {
    name: 'a column of vec4',
    code: 'let a = tile[8u * t];',
    also: tile4,
    expect: banks,
    wanted: [8, 8],
  },
  {
    name: 'a quarter reads one vec4',
    code: 'let a = tile[t / 8u * 8u];',
    also: tile4,
    expect: banks,
    wanted: [1, 1],
  },
  {
    name: 'a component of vec4',
    code: 'let a = tile[t].y;',
    also: tile4,
    expect: banks,
    wanted: [4, 4],
  },
];

const work: Row[] = [
  {
    name: 'a chain of fma',
    code: 'var a = x[t]; for (var i = 0u; i < 10u; i++) { a = fma(a, 0.5, 1.0); } y[t] = a;',
    expect: (r) => [r.flops, r.intensity],
    wanted: [20, 20 / 8],
  },
  {
    name: 'vectors and matrices',
    code: 'let m = mat4x4f(v[0], v[1], v[2], v[3]); w[t] = m * v[t] + v[t] * 2.0 - dot(v[t], v[0]);',
    expect: (r) => r.flops,
    wanted: 4 * 7 + 4 + 4 + 7 + 4,
  },
  { name: 'integers are free', code: 'y[t * 3u + 1u] = x[t];', expect: (r) => r.flops, wanted: 0 },
  {
    name: 'only lanes that compute count',
    code: 'if (t < 8u) { y[t] = x[t] * 2.0 + 1.0; }',
    expect: (r) => r.flops,
    wanted: 0.5,
  },
  {
    name: 'barriers',
    also: tile,
    code: 'for (var i = 0u; i < 3u; i++) { tile[t] = x[t]; workgroupBarrier(); y[t] = tile[t ^ 1u]; workgroupBarrier(); }',
    expect: (r) => [r.barriers, r.workgroupBytes],
    wanted: [6, 4224],
  },
  {
    name: 'half of the lanes idle for half of the statements',
    code: 'let a = x[t];\nif (t < 16u) {\n let b = a + 1.0;\n y[t] = b;\n}',
    expect: (r) => r.active,
    wanted: (2 + 2 * 0.5) / 4,
  },
  { name: 'a workgroup of 8', code: 'y[t] = 1.0;', size: 8, expect: (r) => r.active, wanted: 0.25 },
  {
    name: 'accumulators are alive through their loop',
    code: 'var a = vec4f(); var b = mat4x4f(); for (var i = 0u; i < p.n; i++) { a += v[i]; b[0] += a; } w[t] = a + b[0];',
    expect: (r) => r.registers >= 4 + 16 + 1 && r.registers <= 4 + 16 + 1 + 1 + 3,
    wanted: true,
  },
];

describe('global memory', () => {
  test.each(global)('$name', (row) => expect(row.expect(run(row))).toEqual(row.wanted));
});
describe('banks', () => {
  test.each(shared)('$name', (row) => expect(row.expect(run(row))).toEqual(row.wanted));
});
describe('work', () => {
  test.each(work)('$name', (row) => expect(row.expect(run(row))).toEqual(row.wanted));
});

test('the middle stands for all workgroups but the last', () => {
  const code = 'if (wid.x == 3u) { let a = x[32u * t]; } else { let a = x[t]; }';
  const row = run({ name: '', code, groups: [4], expect: () => 0, wanted: 0 });
  expect(row.reads.coalesced).toBeCloseTo(16 / (3 * 4 + 32));
});
