// reduce / 3_columns: y[o, c, i] = fold of x[o, j, i] over the j of chunk c
//
// OP says what folding is: 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares.
// A NaN among the terms makes the result NaN, for the maximum and the minimum as well.
//
// Layout    x is [outer, n, inner], y is [outer, chunks, inner], row-major, read and written
//           four columns i at a time: inner is a multiple of 4. Chunk c holds
//           j = c·chunk ... (c + 1)·chunk - 1, the last one what is left.
// Threads   one per four columns.
// Sync      none.
// Compare   1_serial, the same one element at a time.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override OP: u32 = 0u;      // 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares
override BLOCK: u32 = 32u;  // terms folded by themselves before they join the total
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

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
    case 1u, 2u: { return first; }
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

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;  // counts groups of four
  let quads = p.inner / 4u;
  if (e >= p.outer * p.chunks * quads) { return; }
  let c = (e / quads) % p.chunks;
  let base = (e / (quads * p.chunks)) * p.n * quads + e % quads;
  let end = min((c + 1u) * p.chunk, p.n);

  let first = x[base + c * p.chunk * quads];
  var total = start(first);
  for (var head = c * p.chunk; head < end; head += BLOCK) {
    var part = start(first);
    for (var j = head; j < min(head + BLOCK, end); j++) {
      part = fold(part, term(x[base + j * quads]));
    }
    total = fold(total, part);
  }
  y[e] = epilogue(total, 4u * e);
}
