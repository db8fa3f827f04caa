// segment_sum / 3_tree: y[s, i] = sum of x[j, i] over the j with ids[j] = s
//
// The ids rise, so a segment is rows side by side: two searches by halves find them. A segment
// without rows is 0, rows with an id of no segment count nowhere.
//
// Layout    x is [rows, inner], ids is [rows], y is [segments, inner], row-major.
// Threads   a workgroup takes WX columns of a segment, with WY threads each: thread (tx, ty) adds
//           the rows ty, ty + WY, ... of the segment. Neighbours are neighbours in memory.
// Sync      a tree in shared memory, a barrier at every halving.
// Compare   1_serial gives each element of y to one thread and needs no barrier.

struct Params { rows: u32, inner: u32, segments: u32 }

override WX: u32 = 1u;   // columns per workgroup
override WY: u32 = 64u;  // threads per column, a power of two

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

var<workgroup> partial: array<f32, WX * WY>;

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
    let end = first_of(s + 1u);
    for (var j = first_of(s) + t.y; j < end; j += WY) { total += x[j * p.inner + i]; }
  }
  partial[slot] = total;
  workgroupBarrier();
  for (var half = WY / 2u; half > 0u; half /= 2u) {
    if (t.y < half) { partial[slot] += partial[slot + half * WX]; }
    workgroupBarrier();
  }
  if (inside & (t.y == 0u)) { y[s * p.inner + i] = partial[slot]; }
}
