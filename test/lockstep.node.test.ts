import { describe, expect, test } from 'vitest';
import { reflect } from '../tools/reflect.ts';
import { lockstep } from '../tools/lockstep/index.ts';

// The executor that checks the kernels, checked itself: what WGSL says must come out, and each sort
// of mistake must be found.

interface Row {
  name: string;
  /** Statements of main, or a whole file when it has bindings. */
  code: string;
  /** Declarations beside main. */
  also?: string;
  size?: number;
  groups?: number[];
  subgroup?: number;
  x?: number[];
  y?: (number | string)[];
  problem?: RegExp;
}

function run({ code, also = '', size = 4, groups = [1], subgroup = 4, x, y }: Row) {
  const text = `struct Params { n: u32, s: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;
var<workgroup> tile: array<f32, 8>;
${also}
@compute @workgroup_size(${size})
fn main(
  @builtin(local_invocation_index) t: u32,
  @builtin(workgroup_id) wid: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
${code}
}`;
  const kernel = reflect(text, 'row/1_row.wgsl');
  const out = new Float32Array(Math.max(y?.length ?? 0, 4)).fill(Number.NaN);
  const buffers = { x: Float32Array.from(x ?? [1, 2, 3, 4]), y: out };
  const params = { n: 3, s: 0.5 };
  const problems = lockstep(kernel, { params, buffers, groups, overrides: {}, subgroup });
  return { problems, out: [...out] };
}

const values: Row[] = [
  { name: 'f32 rounds every result', code: 'y[t] = (x[t] + 1e-8) * 0.1;', y: [0.1, 0.2, 0.3, 0.4] },
  { name: 'u32 wraps', code: 'y[t] = f32((t - 1u) >> 30u);', y: [3, 0, 0, 0] },
  {
    name: 'u32 products wrap',
    code: 'y[t] = f32((0xD2511F53u * (t + 7u)) & 255u);',
    y: [69, 152, 235, 62],
  },
  { name: 'i32 divides towards zero', code: 'y[t] = f32((i32(t) - 7) / 2);', y: [-3, -3, -2, -2] },
  {
    name: 'division by zero',
    code: 'y[t] = f32(t / (p.n - 3u)) + 1.0 / f32(p.n - 3u);',
    y: [Infinity, Infinity, Infinity, Infinity],
  },
  {
    name: 'no short cut of &',
    code: 'y[t] = select(0.0, 1.0, (t > 1u) & (x[t] > 3.0));',
    y: [0, 0, 0, 1],
  },
  {
    name: 'vectors',
    code: 'let v = vec4f(x[0], x[1], x[2], x[3]) * 2.0; y[t] = v.wzyx[t] + dot(v.xy, vec2f(1));',
    y: [14, 12, 10, 8],
  },
  {
    name: 'a copy is a copy',
    code: 'var v = vec2f(1.0); let w = v; v.x = 5.0; v[1] += 2.0; y[t] = w.x + v.x * 10.0 + v.y * 100.0;',
    y: [351, 351, 351, 351],
  },
  {
    name: 'matrices have columns',
    code: 'var m = mat2x2f(1, 2, 3, 4); m[1][0] += 10.0; let v = m * vec2f(1, 1) + transpose(m)[0]; y[t] = v.x * 100.0 + v.y;',
    y: [1519, 1519, 1519, 1519],
  },
  {
    name: 'loops, switch, break',
    code: 'var s = 0.0; for (var i = 0u; i < 10u; i++) { if (i == 3u) { continue; } if (i > 5u) { break; } switch i { case 0u, 1u: { s += 1.0; } case 2u: { s += 10.0; break; } default: { s += 100.0; } } } y[t] = s;',
    y: [212, 212, 212, 212],
  },
  {
    name: 'loop with continuing',
    code: 'var i = 0u; loop { if (i == 2u) { i += 5u; continue; } continuing { i++; break if i > 6u; } } y[t] = f32(i);',
    y: [8, 8, 8, 8],
  },
  {
    name: 'functions, structs, pointers',
    also: 'struct Pair { v: f32, i: u32 }\nfn twice(q: ptr<function, u32>) -> Pair { *q += 1u; return Pair(f32(*q) * 2.0, *q); }',
    code: 'var q = t; let pair = twice(&q); y[t] = pair.v + f32(pair.i + q);',
    y: [4, 8, 12, 16],
  },
  {
    name: 'names may be shadowed',
    code: 'let a = 1.0; { let a = a + 1.0; y[t] = a; }',
    y: [2, 2, 2, 2],
  },
  {
    name: 'constants and sizes',
    also: 'const N = 2u * 2u;\nconst TABLE = array<f32, 3>(5.0, 6.0, 7.0);\nvar<workgroup> wide: array<vec2f, N + 1u>;',
    code: 'wide[t] = vec2f(TABLE[t % 3u], 1.0); workgroupBarrier(); y[t] = wide[N - 1u - t].x;',
    y: [5, 7, 6, 5],
  },
  {
    name: 'bits',
    code: 'y[t] = bitcast<f32>(bitcast<u32>(x[t]) ^ 0x80000000u) + f32(countOneBits(t) + firstLeadingBit(t + 1u));',
    y: [-1, 0, -1, 0],
  },
  {
    name: 'NaN is lost by max',
    code: 'y[t] = max(bitcast<f32>(0x7fc00000u), f32(t)) + clamp(bitcast<f32>(0x7fc00000u), 1.0, 2.0);',
    y: [1, 2, 3, 4],
  },
  {
    name: 'barriers order',
    code: 'tile[t] = x[t]; workgroupBarrier(); y[t] = tile[3u - t];',
    y: [4, 3, 2, 1],
  },
  {
    name: 'a barrier inside a function',
    also: 'fn swap(t: u32) -> f32 { workgroupBarrier(); return tile[t ^ 1u]; }',
    code: 'tile[t] = x[t]; y[t] = swap(t);',
    y: [2, 1, 4, 3],
  },
  {
    name: 'workgroup memory starts at zero',
    groups: [2],
    size: 2,
    code: 'if (wid.x == 0u) { tile[t] = 9.0; } y[wid.x * 2u + t] = tile[t];',
    y: [9, 9, 0, 0],
  },
  {
    name: 'subgroup sum and shuffle',
    size: 8,
    subgroup: 4,
    y: [12, 13, 14, 15, 28, 29, 30, 31],
    code: 'y[t] = subgroupAdd(f32(t)) + subgroupShuffleXor(f32(lane), 1u) + f32(select(0u, 2u, lane % 2u == 1u)) + 5.0;',
  },
  {
    name: 'quad swaps',
    size: 8,
    subgroup: 8,
    code: 'y[t] = quadSwapX(f32(t)) * 100.0 + quadSwapY(f32(t)) * 10.0 + quadSwapDiagonal(f32(t));',
    y: [0, 1, 2, 3, 4, 5, 6, 7].map((t) => (t ^ 1) * 100 + (t ^ 2) * 10 + (t ^ 3)),
  },
  {
    name: 'subgroup scan and broadcast',
    code: 'y[t] = subgroupExclusiveAdd(x[t]) * 10.0 + subgroupBroadcast(x[t], 2u) + subgroupMax(vec2f(x[t], 0.0)).x;',
    y: [7, 17, 37, 67],
  },
  {
    name: 'a read outside gives NaN',
    code: 'y[t] = select(0.0, x[t + 100u], t > 100u);',
    y: [0, 0, 0, 0],
  },
  { name: 'uniform', code: 'y[t] = p.s * f32(p.n);', y: [1.5, 1.5, 1.5, 1.5] },
];

const mistakes: Row[] = [
  {
    name: 'no barrier',
    code: 'tile[t] = x[t]; y[t] = tile[3u - t];',
    problem: /race on tile\[1\]: written by invocation 1 \(line 13\) and read by invocation 2/,
  },
  {
    name: 'two writers',
    code: 'tile[0] = x[t];',
    problem: /race on tile\[0\]: written by .* and written by/,
  },
  { name: 'write after read', code: 'let v = tile[3u - t]; tile[t] = v;', problem: /race on tile/ },
  {
    name: 'two workgroups, one word',
    groups: [2],
    code: 'y[t] = x[t];',
    problem: /race on y\[0\]: written by workgroup 1 .* touched by another/,
  },
  {
    name: 'barrier after return',
    code: 'if (t > 1u) { return; } workgroupBarrier();',
    problem: /workgroupBarrier \(line 13\) is missed by 2 of 4/,
  },
  {
    name: 'barrier in a branch',
    code: 'if (t > 1u) { workgroupBarrier(); }',
    problem: /is missed by/,
  },
  {
    name: 'shuffle in a branch',
    code: 'if (t > 1u) {\n y[t] = subgroupAdd(1.0);\n} else {\n y[t] = subgroupMax(1.0);\n}',
    problem: /reached by only some lanes/,
  },
  {
    name: 'write outside',
    code: 'y[t + 1u] = 1.0;',
    problem: /y\[4\] is written \(line 13\) but has 4 words/,
  },
  {
    name: 'read outside workgroup memory',
    code: 'y[t] = tile[t * 4u];',
    problem: /index 8 of 8 elements/,
  },
  {
    name: 'endless loop',
    size: 1,
    code: 'loop { if (p.n == 0u) { break; } }',
    problem: /line 13: this loop does not end/,
  },
];

describe('values', () => {
  test.each(values)('$name', (row) => {
    const { problems, out } = run(row);
    expect(problems).toEqual([]);
    expect(out).toEqual((row.y as number[]).map(Math.fround));
  });
});

describe('mistakes are found', () => {
  test.each(mistakes)('$name', (row) => {
    let text: string;
    try {
      text = run(row).problems.join('\n');
    } catch (error) {
      text = (error as Error).message;
    }
    expect(text).toMatch(row.problem!);
  });
});
