// pad / 2_vec4: y[a, b, c, d] = x[a - before0, b - before1, c - before2, d - before3], 0 outside x
//
// Layout    x is [n0, n1, n2, n3], y is [m0, m1, m2, m3], row-major. Words are copied as they are.
//           For sizes n3, m3 and before3 that are multiples of 4; the params count vec4s there.
// Threads   one per four neighbours of y.
// Sync      none.
// Compare   1_naive moves one word per thread.

struct Params {
  n0: u32, n1: u32, n2: u32, n3: u32,
  m0: u32, m1: u32, m2: u32, m3: u32,
  before0: u32, before1: u32, before2: u32, before3: u32,
}

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4u>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.m0 * p.m1 * p.m2 * p.m3) { return; }
  // Below `before` the difference wraps to a number larger than any size.
  let d = e % p.m3 - p.before3;
  let c = e / p.m3 % p.m2 - p.before2;
  let b = e / (p.m3 * p.m2) % p.m1 - p.before1;
  let a = e / (p.m3 * p.m2 * p.m1) - p.before0;
  let inside = (a < p.n0) & (b < p.n1) & (c < p.n2) & (d < p.n3);
  var word = vec4u(0u);
  if (inside) { word = x[((a * p.n1 + b) * p.n2 + c) * p.n3 + d]; }
  y[e] = word;
}
