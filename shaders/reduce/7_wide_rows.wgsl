// reduce / 7_wide_rows: y[o, c, i] = fold of x[o, j, i] over the j of chunk c, where inner = 1
//
// OP says what folding is: 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares.
// A NaN among the terms makes the result NaN, for the maximum and the minimum as well.
//
// Layout    x is [outer, n], y is [outer, chunks], row-major; x is read 32 j at a time: n and
//           chunk are multiples of 32. Chunk c holds j = c·chunk ... (c + 1)·chunk - 1, the last
//           one what is left.
// Threads   one per element of y. A CPU driver checks bounds once per 128 bytes, and writes back at
//           every turn what a loop changes: one number; on a GPU neighbours would read a row apart.
// Sync      none.
// Compare   4_rows, four at a time; 5_subgroup, a subgroup per element of y.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override OP: u32 = 0u;      // 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares
override BLOCK: u32 = 16u;  // times 32 terms, folded by themselves before they join the total
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<array<vec4f, 8>>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

// Extremes start from a term, which does no harm twice; sums and products from 0 and 1.
fn start(first: f32) -> f32 {
  switch OP {
    case 1u, 2u: { return first; }
    case 3u: { return 1.0; }
    default: { return 0.0; }
  }
}

fn term(v: vec4f) -> vec4f {
  if (OP == 4u) { return v * v; }
  return v;
}

// Extremes by comparing: max and min ask for NaNs on the way, three times the cost on a CPU driver.
fn fold(a: f32, b: f32) -> f32 {
  switch OP {
    case 1u: { return select(a, b, b > a); }
    case 2u: { return select(a, b, b < a); }
    case 3u: { return a * b; }
    default: { return a + b; }
  }
}

fn fold4(a: vec4f, b: vec4f) -> vec4f {
  switch OP {
    case 1u: { return select(a, b, b > a); }
    case 2u: { return select(a, b, b < a); }
    case 3u: { return a * b; }
    default: { return a + b; }
  }
}

// A bit, the highest, for a NaN, which max and min may lose and sums and products do not: no other
// number changes sign when its bits rise so far.
fn mark(v: vec4f) -> vec4u {
  if ((OP == 1u) | (OP == 2u)) { return (bitcast<vec4u>(v) + 0x7fffffu) ^ bitcast<vec4u>(v); }
  return vec4u(0u);
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.outer * p.chunks) { return; }
  let c = e % p.chunks;
  let base = (e / p.chunks) * (p.n / 32u);
  let begin = base + c * (p.chunk / 32u);
  let end = base + min((c + 1u) * p.chunk, p.n) / 32u;

  let first = start(x[begin][0].x);
  var total = first;
  var marks = 0u;
  for (var head = begin; head < end; head += BLOCK) {
    var part = first;
    for (var j = head; j < min(head + BLOCK, end); j++) {
      let v = x[j];
      let low = fold4(fold4(term(v[0]), term(v[1])), fold4(term(v[2]), term(v[3])));
      let high = fold4(fold4(term(v[4]), term(v[5])), fold4(term(v[6]), term(v[7])));
      let all = fold4(low, high);
      part = fold(part, fold(fold(all.x, all.y), fold(all.z, all.w)));
      let few = (mark(v[0]) | mark(v[1])) | (mark(v[2]) | mark(v[3]));
      let rest = (mark(v[4]) | mark(v[5])) | (mark(v[6]) | mark(v[7]));
      let any = few | rest;
      marks |= (any.x | any.y) | (any.z | any.w);
    }
    total = fold(total, part);
  }
  let bits = select(bitcast<u32>(total), 0x7fc00000u, marks >= 0x80000000u);
  y[e] = epilogue(bitcast<f32>(bits), e);
}
