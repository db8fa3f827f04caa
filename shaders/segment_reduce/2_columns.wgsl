// segment_reduce / 2_columns: y[s, i] = fold of x[j, i] over the j with ids[j] = s
//
// OP says what folding is: 0 sum, 1 maximum, in which a NaN wins.
// The ids rise, so a segment is rows side by side: two searches by halves find them. A segment
// without rows is 0 or -inf, rows with an id of no segment count nowhere.
//
// Layout    x is [rows, inner], ids is [rows], y is [segments, inner], row-major, x and y
//           four elements at a time: inner is a multiple of 4.
// Threads   one per four columns of y.
// Sync      none.
// Compare   1_serial, the same one element at a time.

struct Params { rows: u32, inner: u32, segments: u32 }

override OP: u32 = 0u;      // 0 sum, 1 maximum
override BLOCK: u32 = 32u;  // terms folded by themselves before they join the rest
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

fn is_nan(v: vec4f) -> vec4<bool> { return (bitcast<vec4u>(v) << vec4u(1u)) > vec4u(0xff000000u); }

fn fold(a: vec4f, b: vec4f) -> vec4f {
  if (OP == 0u) { return a + b; }
  return select(select(max(a, b), b, is_nan(b)), a, is_nan(a));  // max may lose a NaN
}

// What nothing is, and a maximum starts from: a term of it, which does no harm twice.
fn start(at: u32, empty: bool) -> vec4f {
  if (OP == 0u) { return vec4f(0.0); }
  return bitcast<vec4f>(select(bitcast<vec4u>(x[at]), vec4u(0xff800000u), empty));
}

// The first j with ids[j] >= s, or rows.
fn first_of(s: u32) -> u32 {
  var low = 0u;
  var high = p.rows;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (ids[middle] < s) { low = middle + 1u; } else { high = middle; }
  }
  return low;
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;  // counts groups of four
  let across = p.inner / 4u;
  if (e >= p.segments * across) { return; }
  let begin = first_of(e / across);
  let end = first_of(e / across + 1u);

  let i = e % across;
  var total = start(begin * across + i, begin >= end);
  for (var head = begin; head < end; head += BLOCK) {
    var part = start(head * across + i, false);
    for (var j = head; j < min(head + BLOCK, end); j++) { part = fold(part, x[j * across + i]); }
    total = fold(total, part);
  }
  y[e] = total;
}
