// reduce / 6_wide_columns: y[o, c, i] = fold of x[o, j, i] over the j of chunk c
//
// OP says what folding is: 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares.
// A NaN among the terms makes the result NaN, for the maximum and the minimum as well.
//
// Layout    x is [outer, n, inner], y is [outer, chunks, inner], row-major, read and written
//           sixteen columns i at a time: inner is a multiple of 16. Chunk c holds
//           j = c·chunk ... (c + 1)·chunk - 1, the last one what is left.
// Threads   one per sixteen columns, two j at a time. A CPU driver checks bounds once per 64 bytes,
//           and writes back at every turn what a loop changes; on a GPU neighbours would read 64
//           bytes apart.
// Sync      none.
// Compare   3_columns, the same four columns at a time.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override OP: u32 = 0u;      // 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares
override BLOCK: u32 = 16u;  // pairs of terms folded by themselves before they join the total
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<array<vec4f, 4>>;
@group(0) @binding(1) var<storage, read_write> y: array<array<vec4f, 4>>;
@group(0) @binding(2) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Extremes start from a term, which does no harm twice; sums and products from 0 and 1, or the
// first term where one is left over from the pairs.
fn start(first: vec4f, left: bool) -> vec4f {
  switch OP {
    case 1u, 2u: { return first; }
    case 3u: { return select(vec4f(1.0), first, left); }
    default: { return select(vec4f(0.0), term(first), left); }
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

// Bits whose highest is set for a NaN: no other number changes sign when its bits rise so far.
fn mark(v: vec4f) -> vec4u { return (bitcast<vec4u>(v) + 0x7fffffu) ^ bitcast<vec4u>(v); }

// max and min may lose a NaN, which the sum of all terms does not.
fn mark_any(v: vec4f) -> u32 {
  if ((OP == 1u) | (OP == 2u)) { return mark(vec4f((v.x + v.y) + (v.z + v.w))).x; }
  return 0u;
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
  let begin = c * p.chunk;
  let end = min(begin + p.chunk, p.n);

  let first = x[base + begin * across];
  let left = ((end - begin) & 1u) == 1u;
  var total0 = start(first[0], left);
  var total1 = start(first[1], left);
  var total2 = start(first[2], left);
  var total3 = start(first[3], left);
  var doubt = mark_any((first[0] + first[1]) + (first[2] + first[3]));
  for (var head = begin + u32(left); head < end; head += 2u * BLOCK) {
    var part0 = start(first[0], false);
    var part1 = start(first[1], false);
    var part2 = start(first[2], false);
    var part3 = start(first[3], false);
    for (var j = head; j < min(head + 2u * BLOCK, end); j += 2u) {
      let v = x[base + j * across];
      let w = x[base + (j + 1u) * across];
      part0 = fold(part0, fold(term(v[0]), term(w[0])));
      part1 = fold(part1, fold(term(v[1]), term(w[1])));
      part2 = fold(part2, fold(term(v[2]), term(w[2])));
      part3 = fold(part3, fold(term(v[3]), term(w[3])));
      doubt |= mark_any(((v[0] + w[0]) + (v[1] + w[1])) + ((v[2] + w[2]) + (v[3] + w[3])));
    }
    total0 = fold(total0, part0);
    total1 = fold(total1, part1);
    total2 = fold(total2, part2);
    total3 = fold(total3, part3);
  }

  // A sum is NaN for a term that is, or for both infinities. Which column?
  var marks0 = vec4u(0u);
  var marks1 = vec4u(0u);
  var marks2 = vec4u(0u);
  var marks3 = vec4u(0u);
  for (var j = begin; (j < end) & (doubt >= 0x80000000u); j++) {
    let v = x[base + j * across];
    marks0 |= mark(v[0]);
    marks1 |= mark(v[1]);
    marks2 |= mark(v[2]);
    marks3 |= mark(v[3]);
  }
  y[e] = array<vec4f, 4>(
    epilogue(marked(total0, marks0), 16u * e),
    epilogue(marked(total1, marks1), 16u * e + 4u),
    epilogue(marked(total2, marks2), 16u * e + 8u),
    epilogue(marked(total3, marks3), 16u * e + 12u),
  );
}
