// reduce / 5_subgroup: y[o, c, i] = fold of x[o, j, i] over the j of chunk c, where inner = 1
//
// OP says what folding is: 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares.
// A NaN among the terms makes the result NaN, for the maximum and the minimum as well.
//
// Layout    x is [outer, n], y is [outer, chunks], row-major; x is read four j at a time, so
//           chunk is a multiple of 4, and n too unless outer is 1. Chunk c holds
//           j = c·chunk ... (c + 1)·chunk - 1, the last one what is left.
// Threads   a workgroup is one subgroup of SIZE lanes and owns one element of y; lane t folds
//           the vectors t, t + SIZE, ...
// Sync      none: the lanes exchange their folds by shuffles, log2(SIZE) times.
// Compare   4_rows, one thread per element; 2_tree, the exchange through shared memory.

enable subgroups;

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override OP: u32 = 0u;      // 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares
override BLOCK: u32 = 32u;  // vectors folded by themselves before they join the total
override SIZE: u32 = 32u;   // lanes of a subgroup on this adapter

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

fn is_nan(v: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(v) << vec4u(1u)) > vec4u(0xff000000u);
}

// max and min may lose a NaN: whichever of a and b is one wins over their fold m.
fn keep_nan(m: vec4f, a: vec4f, b: vec4f) -> vec4f {
  return select(select(m, b, is_nan(b)), a, is_nan(a));
}

// Extremes start from a term, which does no harm twice; sums and products from 0 and 1.
fn start(first: vec4f) -> vec4f {
  switch OP {
    case 1u, 2u: { return vec4f(first.x); }
    case 3u: { return vec4f(1.0); }
    default: { return vec4f(0.0); }
  }
}

fn term(v: vec4f) -> vec4f {
  if (OP == 4u) { return v * v; }
  return v;
}

fn fold(a: vec4f, b: vec4f) -> vec4f {
  switch OP {
    case 1u: { return keep_nan(max(a, b), a, b); }
    case 2u: { return keep_nan(min(a, b), a, b); }
    case 3u: { return a * b; }
    default: { return a + b; }
  }
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) t: u32,
) {
  let e = min(wid.x + wid.y * num.x, p.outer * p.chunks - 1u);  // what is beyond repeats the last
  let c = e % p.chunks;
  let base = (e / p.chunks) * (p.n / 4u);
  let end = min((c + 1u) * p.chunk, p.n);

  let first = x[base + c * (p.chunk / 4u)];
  var total = start(first);
  for (var head = c * (p.chunk / 4u) + t; head < end / 4u; head += BLOCK * SIZE) {
    var part = start(first);
    for (var j = head; j < min(head + BLOCK * SIZE, end / 4u); j += SIZE) {
      part = fold(part, term(x[base + j]));
    }
    total = fold(total, part);
  }
  if ((t == 0u) & (end % 4u > 0u)) {
    let inside = vec4u(0u, 1u, 2u, 3u) < vec4u(end % 4u);
    total = fold(total, select(start(first), term(x[base + end / 4u]), inside));
  }
  for (var lane = 1u; lane < SIZE; lane *= 2u) {
    total = fold(total, subgroupShuffleXor(total, lane));
  }
  let pair = fold(total, total.zwzw);
  if (t == 0u) { y[e] = epilogue(fold(pair, pair.yyyy).x, e); }
}
