// reduce / 1_serial: y[o, c, i] = fold of x[o, j, i] over the j of chunk c
//
// OP says what folding is: 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares.
// A NaN among the terms makes the result NaN, for the maximum and the minimum as well.
//
// Layout    x is [outer, n, inner], y is [outer, chunks, inner], row-major. Chunk c holds
//           j = c·chunk ... (c + 1)·chunk - 1, the last one what is left; a whole reduction is
//           one chunk of n. Long ones run twice: chunks first, then over the chunks' results.
// Threads   one per element of y, so neighbours read neighbours when inner > 1.
// Sync      none.
// Compare   2_tree shares one output among threads; 3_columns and 4_rows load four at a time.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override OP: u32 = 0u;      // 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares
override BLOCK: u32 = 32u;  // terms folded by themselves before they join the total
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) << 1u) > 0xff000000u; }

// max and min may lose a NaN: whichever of a and b is one wins over their fold m.
fn keep_nan(m: f32, a: f32, b: f32) -> f32 { return select(select(m, b, is_nan(b)), a, is_nan(a)); }

// Extremes start from a term, which does no harm twice; sums and products from 0 and 1.
fn start(first: f32) -> f32 {
  switch OP {
    case 1u, 2u: { return first; }
    case 3u: { return 1.0; }
    default: { return 0.0; }
  }
}

fn term(v: f32) -> f32 {
  if (OP == 4u) { return v * v; }
  return v;
}

fn fold(a: f32, b: f32) -> f32 {
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
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.outer * p.chunks * p.inner) { return; }
  let i = e % p.inner;
  let c = (e / p.inner) % p.chunks;
  let o = e / (p.inner * p.chunks);
  let base = o * p.n * p.inner + i;
  let end = min((c + 1u) * p.chunk, p.n);

  let first = x[base + c * p.chunk * p.inner];
  var total = start(first);
  for (var head = c * p.chunk; head < end; head += BLOCK) {
    var part = start(first);
    for (var j = head; j < min(head + BLOCK, end); j++) {
      part = fold(part, term(x[base + j * p.inner]));
    }
    total = fold(total, part);
  }
  y[e] = epilogue(total, e);
}
