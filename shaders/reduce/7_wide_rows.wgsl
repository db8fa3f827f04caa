// reduce / 7_wide_rows: y[o, c, i] = fold of x[o, j, i] over the j of chunk c, where inner = 1
//
// OP says what folding is: 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares.
// A NaN among the terms makes the result NaN, for the maximum and the minimum as well.
//
// Layout    x is [outer, n], y is [outer, chunks], row-major; x is read sixteen j at a time: n and
//           chunk are multiples of 16. Chunk c holds j = c·chunk ... (c + 1)·chunk - 1, the last
//           one what is left.
// Threads   one per element of y. A CPU driver checks bounds once per 64 bytes; on a GPU
//           neighbours would read a row apart.
// Sync      none.
// Compare   4_rows, the same four at a time; 5_subgroup, a subgroup per element of y.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override OP: u32 = 0u;      // 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares
override BLOCK: u32 = 32u;  // sixteens folded by themselves before they join the total
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<array<vec4f, 4>>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

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

// Extremes by comparing: max and min ask for NaNs on the way, three times the cost on a CPU driver.
fn fold(a: vec4f, b: vec4f) -> vec4f {
  switch OP {
    case 1u: { return select(a, b, b > a); }
    case 2u: { return select(a, b, b < a); }
    case 3u: { return a * b; }
    default: { return a + b; }
  }
}

// Bits whose highest is set for a NaN. max and min may lose one, sums and products do not.
fn mark(v: vec4f) -> vec4u {
  if ((OP == 1u) | (OP == 2u)) { return 0x7f800000u - (bitcast<vec4u>(v) & vec4u(0x7fffffffu)); }
  return vec4u(0u);
}

fn marked(v: vec4f, marks: vec4u) -> vec4f {
  let bits = select(bitcast<vec4u>(v), vec4u(0x7fc00000u), marks >= vec4u(0x80000000u));
  return bitcast<vec4f>(bits);
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
  let base = (e / p.chunks) * (p.n / 16u);
  let end = min((c + 1u) * p.chunk, p.n) / 16u;

  let first = start(vec4f(x[base + c * (p.chunk / 16u)][0].x));
  var total = first;
  var marks = vec4u(0u);
  for (var head = c * (p.chunk / 16u); head < end; head += BLOCK) {
    var part0 = first;
    var part1 = first;
    var part2 = first;
    var part3 = first;
    for (var j = head; j < min(head + BLOCK, end); j++) {
      let v = x[base + j];
      part0 = fold(part0, term(v[0]));
      part1 = fold(part1, term(v[1]));
      part2 = fold(part2, term(v[2]));
      part3 = fold(part3, term(v[3]));
      marks |= (mark(v[0]) | mark(v[1])) | (mark(v[2]) | mark(v[3]));
    }
    total = fold(total, fold(fold(part0, part1), fold(part2, part3)));
  }
  let pair = fold(total, total.zwzw);
  let any = (marks.x | marks.y) | (marks.z | marks.w);
  y[e] = epilogue(marked(fold(pair, pair.yyyy), vec4u(any)).x, e);
}
