// scatter_add / 1_naive: y[o, r, i] = sum of values[o, j, i] over the j in the list of row r
//
// Layout    values is [outer, n, inner], y is [outer, rows, inner], row-major. first [rows] and
//           next [n] are the lists that index_links makes: n stands for none.
// Threads   one per element of y.
// Sync      none: each sum is one thread's, in the order of j.
// Compare   2_vec4 adds four neighbours at once.

struct Params { outer: u32, n: u32, inner: u32, rows: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read> first: array<u32>;
@group(0) @binding(2) var<storage, read> next: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

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
  for (var j = first[r]; j < p.n; j = next[j]) { total += values[(o * p.n + j) * p.inner + i]; }
  y[e] = total;
}
