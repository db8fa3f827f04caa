// write_rows / 1_naive: y[o, at + r, i] = x[o, r, i]
//
// Rows written into a larger tensor where it lies; all others stay. Rows beyond its last one are
// dropped.
//
// Layout    x is [outer, n, inner], y [outer, rows, inner], row-major; at is one number.
// Threads   one per element of x.
// Sync      none.
// Compare   2_vec4 moves four elements per thread.

struct Params { outer: u32, n: u32, rows: u32, inner: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> at: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  let inner = p.inner;
  if (e >= p.outer * p.n * inner) { return; }
  let row = at[0] + e / inner % p.n;
  if (row < p.rows) { y[(e / inner / p.n * p.rows + row) * inner + e % inner] = x[e]; }
}
