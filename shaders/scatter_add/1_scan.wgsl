// scatter_add / 1_scan: y[o, r, i] = sum of values[o, j, i] over the j with index[j] = r
//
// Every row looks for its values itself, in order: no atomics, so the same bits every time.
//
// Layout    values is [outer, n, inner], index is [n], y is [outer, rows, inner], row-major. Values
//           whose index is no row go nowhere.
// Threads   one per element of y; each reads the whole index.
// Sync      none.
// Compare   2_vec4 reads four indices at a time and adds four neighbours at once.

struct Params { outer: u32, n: u32, inner: u32, rows: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.outer * p.rows * p.inner) { return; }
  let i = e % p.inner;
  let r = (e / p.inner) % p.rows;
  let o = e / (p.inner * p.rows);

  var total = 0.0;
  for (var j = 0u; j < p.n; j++) {
    if (index[j] == r) { total += values[(o * p.n + j) * p.inner + i]; }
  }
  y[e] = total;
}
