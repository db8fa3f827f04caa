// segment_sum / 2_columns: y[s, i] = sum of x[j, i] over the j with ids[j] = s
//
// The ids rise, so a segment is rows side by side: two searches by halves find them. A segment
// without rows is 0, rows with an id of no segment count nowhere.
//
// Layout    x is [rows, inner], ids is [rows], y is [segments, inner], row-major, x and y
//           four elements at a time: inner is a multiple of 4.
// Threads   one per four columns of y.
// Sync      none.
// Compare   1_serial, the same one element at a time.

struct Params { rows: u32, inner: u32, segments: u32 }

override BLOCK: u32 = 32u;  // terms added by themselves before they join the sum
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
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
  let e = (wid.x + wid.y * num.x) * WIDTH + t;  // counts groups of four
  let across = p.inner / 4u;
  if (e >= p.segments * across) { return; }
  let begin = first_of(e / across);
  let end = first_of(e / across + 1u);

  var total = vec4f(0.0);
  for (var head = begin; head < end; head += BLOCK) {
    var part = vec4f(0.0);
    for (var j = head; j < min(head + BLOCK, end); j++) { part += x[j * across + e % across]; }
    total += part;
  }
  y[e] = total;
}
