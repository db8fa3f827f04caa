// block_distances / 1_naive: least[b, i] = min over the 16 rows j of block b of |x_i − y_j|²
//
// Layout    x is [m, d], y is [n, d]; xx [m] and yy [n] are the squared lengths of their rows;
//           least is [ceil(n / 16), m]. |x − y|² is taken as xx + yy − 2 x·y, at least 0.
// Threads   one element of `least` each, 64 per workgroup, along the rows of x.
// Sync      none.
// Compare   read this first. It loads two floats for every product, and where x is y (SELF) takes
//           every distance twice; 2_tiled does neither.

struct Params { m: u32, n: u32, d: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> xx: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read> yy: array<f32>;
@group(0) @binding(4) var<storage, read_write> least: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * 64u + t;
  if (e >= (p.n + 15u) / 16u * p.m) { return; }
  let i = e % p.m;
  let first = e / p.m * 16u;

  var best = 0.0;
  for (var j = first; j < min(first + 16u, p.n); j++) {
    var product = 0.0;
    for (var l = 0u; l < p.d; l++) { product += x[i * p.d + l] * y[j * p.d + l]; }
    let squared = max(xx[i] + yy[j] - 2.0 * product, 0.0);
    best = select(min(best, squared), squared, j == first);
  }
  least[e] = best;
}
