// scatter_add / 2_vec4: y[o, r, i] = sum of values[o, j, i] over the j in the list of row r
//
// Layout    values is [outer, n, inner], y is [outer, rows, inner], row-major. first [rows] and
//           next [n] are the lists that index_links makes: n stands for none.
//           For inner sizes that are multiples of 4.
// Threads   one per four neighbours of y.
// Sync      none: each sum is one thread's, in the order of j.
// Compare   1_naive adds one element per thread.

struct Params { outer: u32, n: u32, inner: u32, rows: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> values: array<vec4f>;
@group(0) @binding(1) var<storage, read> first: array<u32>;
@group(0) @binding(2) var<storage, read> next: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  let inner = p.inner / 4u;
  if (e >= p.outer * p.rows * inner) { return; }
  let i = e % inner;
  let r = (e / inner) % p.rows;
  let o = e / (inner * p.rows);

  var total = vec4f(0.0);
  for (var j = first[r]; j < p.n; j = next[j]) { total += values[(o * p.n + j) * inner + i]; }
  y[e] = total;
}
