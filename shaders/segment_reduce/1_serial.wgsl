// segment_reduce / 1_serial: y[s, i] = fold of x[j, i] over the j with ids[j] = s
//
// OP says what folding is: 0 sum, 1 maximum, in which a NaN wins.
// The ids rise, so a segment is rows side by side: two searches by halves find them. A segment
// without rows is 0 or -inf, rows with an id of no segment count nowhere.
//
// Layout    x is [rows, inner], ids is [rows], y is [segments, inner], row-major.
// Threads   one per element of y, so neighbours read neighbours when inner > 1.
// Sync      none.
// Compare   2_columns loads four at a time; 3_tree shares a segment among threads.

struct Params { rows: u32, inner: u32, segments: u32 }

override OP: u32 = 0u;      // 0 sum, 1 maximum
override BLOCK: u32 = 32u;  // terms folded by themselves before they join the rest
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) << 1u) > 0xff000000u; }

fn fold(a: f32, b: f32) -> f32 {
  if (OP == 0u) { return a + b; }
  return select(select(max(a, b), b, is_nan(b)), a, is_nan(a));  // max may lose a NaN
}

// What nothing is, and a maximum starts from: a term of it, which does no harm twice.
fn start(at: u32, empty: bool) -> f32 {
  if (OP == 0u) { return 0.0; }
  return bitcast<f32>(select(bitcast<u32>(x[at]), 0xff800000u, empty));
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
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  let across = p.inner;
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
