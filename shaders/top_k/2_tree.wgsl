// top_k / 2_tree: values[r] = the k largest of x[r] in falling order, indices[r] their places
//
// Of equal elements the earlier comes first. A NaN counts as larger than every number.
//
// Layout    x is [rows, n], values and indices are [rows, k], row-major.
// Threads   one workgroup per row; thread t looks at the columns t, t + WIDTH, ... It goes through
//           them k times, each time for the largest that stands behind the one found before.
// Sync      each thread leaves its best in shared memory, then a tree keeps the best of two, a
//           barrier at every halving. One more before the next round overwrites the result.
// Compare   1_serial gives each row to one thread and needs no barrier.

struct Params { rows: u32, n: u32, k: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup, a power of two

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> indices: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

var<workgroup> bests: array<f32, WIDTH>;
var<workgroup> places: array<u32, WIDTH>;

fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) << 1u) > 0xff000000u; }

// Does element a at place i stand before element b at place j? Place n means there is none.
fn before(a: f32, i: u32, b: f32, j: u32) -> bool {
  let tie = (a == b) | (is_nan(a) & is_nan(b));
  let beyond = (is_nan(a) & !is_nan(b)) | (!is_nan(b) & (a > b));
  return (i < p.n) & ((j == p.n) | select(beyond, i < j, tie));
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let group = wid.x + wid.y * num.x;
  let row = min(group, p.rows - 1u);  // workgroups outside repeat the last row and store nothing

  var last = 0.0;
  var last_place = p.n;
  for (var rank = 0u; rank < p.k; rank++) {
    var best = 0.0;
    var place = p.n;
    for (var j = t; j < p.n; j += WIDTH) {
      let v = x[row * p.n + j];
      let open = (rank == 0u) | before(last, last_place, v, j);
      if (open & before(v, j, best, place)) {
        best = v;
        place = j;
      }
    }
    bests[t] = best;
    places[t] = place;
    workgroupBarrier();
    for (var half = WIDTH / 2u; half > 0u; half /= 2u) {
      if (t < half) {
        if (before(bests[t + half], places[t + half], bests[t], places[t])) {
          bests[t] = bests[t + half];
          places[t] = places[t + half];
        }
      }
      workgroupBarrier();
    }
    last = bests[0];
    last_place = places[0];
    if ((t == 0u) & (group < p.rows)) {
      values[row * p.k + rank] = last;
      indices[row * p.k + rank] = last_place;
    }
    workgroupBarrier();
  }
}
