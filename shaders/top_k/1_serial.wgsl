// top_k / 1_serial: values[r] = the k largest of x[r] in falling order, indices[r] their places
//
// Of equal elements the earlier comes first. A NaN counts as larger than every number.
//
// Layout    x is [rows, n], values and indices are [rows, k], row-major.
// Threads   one per row. It goes through the row k times, each time for the largest element that
//           stands behind the one found before. Meant for small k.
// Sync      none.
// Compare   2_tree shares a row among threads.

struct Params { rows: u32, n: u32, k: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> indices: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) << 1u) > 0xff000000u; }

// Does element a at place i stand before element b at place j?
fn before(a: f32, i: u32, b: f32, j: u32) -> bool {
  let tie = (a == b) | (is_nan(a) & is_nan(b));
  let beyond = (is_nan(a) & !is_nan(b)) | (!is_nan(b) & (a > b));
  return select(beyond, i < j, tie);
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let row = (wid.x + wid.y * num.x) * WIDTH + t;
  if (row >= p.rows) { return; }

  var last = 0.0;
  var last_place = 0u;
  for (var rank = 0u; rank < p.k; rank++) {
    var best = 0.0;
    var place = p.n;  // n: none yet
    for (var j = 0u; j < p.n; j++) {
      let v = x[row * p.n + j];
      let open = (rank == 0u) | before(last, last_place, v, j);
      if (open & ((place == p.n) | before(v, j, best, place))) {
        best = v;
        place = j;
      }
    }
    values[row * p.k + rank] = best;
    indices[row * p.k + rank] = place;
    last = best;
    last_place = place;
  }
}
