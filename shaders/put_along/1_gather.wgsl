// put_along / 1_gather: y[o, j, i] = sum of x[o, c, i] over the c with index[o, c, i] = j
//
// Layout    x and index are [outer, k, inner], y is [outer, n, inner], row-major.
// Threads   one per element of y: each looks through the k entries of its line, so nothing is
//           written twice and the order of the sum is fixed. Meant for small k.
// Sync      none.
// Compare   take_along/1_gather is its transpose: the gradient of one is the other.

struct Params { size: u32, n: u32, k: u32, inner: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
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
  if (e >= p.size) { return; }
  let j = (e / p.inner) % p.n;
  let base = (e / (p.n * p.inner)) * p.k * p.inner + e % p.inner;

  var total = 0.0;
  for (var c = 0u; c < p.k; c++) {
    let at = base + c * p.inner;
    total += select(0.0, x[at], index[at] == j);
  }
  y[e] = total;
}
