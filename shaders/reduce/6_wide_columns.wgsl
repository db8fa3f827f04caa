// reduce / 6_wide_columns: y[o, c, i] = fold of x[o, j, i] over the j of chunk c
//
// OP says what folding is: 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares.
// A NaN among the terms makes the result NaN, for the maximum and the minimum as well.
//
// Layout    x is [outer, n, inner], y is [outer, chunks, inner], row-major, read and written
//           sixteen columns i at a time: inner is a multiple of 16. Chunk c holds
//           j = c·chunk ... (c + 1)·chunk - 1, the last one what is left.
// Threads   one per sixteen columns. A CPU driver checks bounds once per 64 bytes; on a GPU
//           neighbours would read 64 bytes apart.
// Sync      none.
// Compare   3_columns, the same four columns at a time.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override OP: u32 = 0u;      // 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares
override BLOCK: u32 = 32u;  // terms folded by themselves before they join the total
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<array<vec4f, 4>>;
@group(0) @binding(1) var<storage, read_write> y: array<array<vec4f, 4>>;
@group(0) @binding(2) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

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
  let e = (wid.x + wid.y * num.x) * WIDTH + t;  // counts groups of sixteen
  let across = p.inner / 16u;
  if (e >= p.outer * p.chunks * across) { return; }
  let c = (e / across) % p.chunks;
  let base = (e / (across * p.chunks)) * p.n * across + e % across;
  let end = min((c + 1u) * p.chunk, p.n);

  let first = x[base + c * p.chunk * across];
  var total0 = start(first[0]);
  var total1 = start(first[1]);
  var total2 = start(first[2]);
  var total3 = start(first[3]);
  var marks0 = vec4u(0u);
  var marks1 = vec4u(0u);
  var marks2 = vec4u(0u);
  var marks3 = vec4u(0u);
  for (var head = c * p.chunk; head < end; head += BLOCK) {
    var part0 = start(first[0]);
    var part1 = start(first[1]);
    var part2 = start(first[2]);
    var part3 = start(first[3]);
    for (var j = head; j < min(head + BLOCK, end); j++) {
      let v = x[base + j * across];
      part0 = fold(part0, term(v[0]));
      part1 = fold(part1, term(v[1]));
      part2 = fold(part2, term(v[2]));
      part3 = fold(part3, term(v[3]));
      marks0 |= mark(v[0]);
      marks1 |= mark(v[1]);
      marks2 |= mark(v[2]);
      marks3 |= mark(v[3]);
    }
    total0 = fold(total0, part0);
    total1 = fold(total1, part1);
    total2 = fold(total2, part2);
    total3 = fold(total3, part3);
  }
  y[e] = array<vec4f, 4>(
    epilogue(marked(total0, marks0), 16u * e),
    epilogue(marked(total1, marks1), 16u * e + 4u),
    epilogue(marked(total2, marks2), 16u * e + 8u),
    epilogue(marked(total3, marks3), 16u * e + 12u),
  );
}
