// segment_sum / 1_serial: y[s, i] = sum of x[j, i] over the j with ids[j] = s
//
// The ids rise, so a segment is rows side by side: two searches by halves find them. A segment
// without rows is 0, rows with an id of no segment count nowhere.
//
// Layout    x is [rows, inner], ids is [rows], y is [segments, inner], row-major.
// Threads   one per element of y, so neighbours read neighbours when inner > 1.
// Sync      none.
// Compare   2_columns loads four at a time; 3_tree shares a segment among threads.

struct Params { rows: u32, inner: u32, segments: u32 }

override BLOCK: u32 = 32u;  // terms added by themselves before they join the sum
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

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

  var total = 0.0;
  for (var head = begin; head < end; head += BLOCK) {
    var part = 0.0;
    for (var j = head; j < min(head + BLOCK, end); j++) { part += x[j * across + e % across]; }
    total += part;
  }
  y[e] = total;
}
