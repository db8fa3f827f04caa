// top_k / 3_once: values[r] = the k largest of x[r] in falling order, indices[r] their places
//
// Of equal elements the earlier comes first. A NaN counts as larger than every number.
//
// Layout    x is [rows, n], values and indices are [rows, k], row-major; k is at most 16.
// Threads   one per row. It reads the row once and keeps the k largest so far in falling order: of
//           most elements nothing is asked but whether they are larger than the last of these.
// Sync      none.
// Compare   1_serial keeps one and reads the row k times.

struct Params { rows: u32, n: u32, k: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup
const MOST = 16u;  // the largest k

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> indices: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) << 1u) > 0xff000000u; }

// Is a the larger of two? Of equals neither is.
fn larger(a: f32, b: f32) -> bool {
  return (is_nan(a) & !is_nan(b)) | (!is_nan(b) & (a > b));
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let row = (wid.x + wid.y * num.x) * WIDTH + t;
  if ((row >= p.rows) | (p.k == 0u)) { return; }

  var best: array<f32, MOST>;
  var place: array<u32, MOST>;
  let last = p.k - 1u;
  for (var j = 0u; j < p.n; j++) {
    let v = x[row * p.n + j];
    if ((j >= p.k) & !larger(v, best[last])) { continue; }
    var at = min(j, last);  // those after `at` have moved one place back
    while (at > 0u) {
      if (!larger(v, best[at - 1u])) { break; }
      best[at] = best[at - 1u];
      place[at] = place[at - 1u];
      at--;
    }
    best[at] = v;
    place[at] = j;
  }
  for (var rank = 0u; rank < p.k; rank++) {
    values[row * p.k + rank] = best[rank];
    indices[row * p.k + rank] = place[rank];
  }
}
