// triangle / 1_naive: y[b, i, j] = x[b, i, j] where j - i <= k (with UPPER: >= k), else 0
//
// Layout    x and y are [size / (rows · cols), rows, cols], row-major.
// Threads   one per element.
// Sync      none.
// Compare   nothing: the one variant.

struct Params { size: u32, rows: u32, cols: u32, k: i32 }

override UPPER: bool = false;  // keep the part above the diagonal k instead of the one below
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.size) { return; }
  let beyond = i32(e % p.cols) - i32(e / p.cols % p.rows) - p.k;
  y[e] = select(0.0, x[e], select(beyond <= 0, beyond >= 0, UPPER));
}
