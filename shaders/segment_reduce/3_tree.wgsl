// segment_reduce / 3_tree: y[s, i] = fold of x[j, i] over the j with ids[j] = s
//
// OP says what folding is: 0 sum, 1 maximum, in which a NaN wins.
// The ids rise, so a segment is rows side by side: two searches by halves find them. A segment
// without rows is 0 or -inf, rows with an id of no segment count nowhere.
//
// Layout    x is [rows, inner], ids is [rows], y is [segments, inner], row-major.
// Threads   a workgroup takes WX columns of a segment, with WY threads each: thread (tx, ty) folds
//           the rows ty, ty + WY, ... of the segment. Neighbours are neighbours in memory.
// Sync      a tree in shared memory, a barrier at every halving.
// Compare   1_serial gives each element of y to one thread and needs no barrier.

struct Params { rows: u32, inner: u32, segments: u32 }

override OP: u32 = 0u;   // 0 sum, 1 maximum
override WX: u32 = 1u;   // columns per workgroup
override WY: u32 = 64u;  // threads per column, a power of two

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

var<workgroup> partial: array<f32, WX * WY>;

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

@compute @workgroup_size(WX, WY)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) t: vec3u,
) {
  let across = (p.inner + WX - 1u) / WX;
  let group = wid.x + wid.y * num.x;
  let s = group / across;
  let i = (group % across) * WX + t.x;
  let inside = (s < p.segments) & (i < p.inner);
  let slot = t.y * WX + t.x;

  var total = 0.0;
  if (inside) {
    let begin = first_of(s) + t.y;
    let end = first_of(s + 1u);
    total = start(begin * p.inner + i, begin >= end);
    for (var j = begin; j < end; j += WY) { total = fold(total, x[j * p.inner + i]); }
  }
  partial[slot] = total;
  workgroupBarrier();
  for (var half = WY / 2u; half > 0u; half /= 2u) {
    if (t.y < half) { partial[slot] = fold(partial[slot], partial[slot + half * WX]); }
    workgroupBarrier();
  }
  if (inside & (t.y == 0u)) { y[s * p.inner + i] = partial[slot]; }
}
