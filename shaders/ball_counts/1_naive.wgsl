// ball_counts / 1_naive: how many rows of y a ball around x_i holds, and the other way round
//
//   members[b, i] = of the rows of block b of y, those in the ball of x_i
//   holders[b, i] = of the balls of that block, those that hold x_i
//   holding[a, j] = of the balls of block a of x, those that hold y_j
//
// Blocks are of 16 rows. A row is in a ball if |x − y|² + slack (|x|² + |y|²) < radius², where
// |x − y|² is taken as |x|² + |y|² − 2 x·y, at least 0.
//
// Layout    x is [m, d], y is [n, d]; xball [2, m] and yball [2, n] are squared lengths of rows
//           and squared radii; members and holders are [ceil(n / 16), m], holding is
//           [ceil(m / 16), n].
// Threads   64 per workgroup; one per element of members and holders, then one per element of
//           holding.
// Sync      none.
// Compare   read this first. It loads two floats for every product and takes each product twice.

struct Params { m: u32, n: u32, d: u32, slack: f32 }

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> xball: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read> yball: array<f32>;
@group(0) @binding(4) var<storage, read_write> members: array<f32>;
@group(0) @binding(5) var<storage, read_write> holders: array<f32>;
@group(0) @binding(6) var<storage, read_write> holding: array<f32>;
@group(0) @binding(7) var<uniform> p: Params;

fn reach(i: u32, j: u32) -> f32 {
  var product = 0.0;
  for (var l = 0u; l < p.d; l++) { product += x[i * p.d + l] * y[j * p.d + l]; }
  let lengths = xball[i] + yball[j];
  return max(lengths - 2.0 * product, 0.0) + p.slack * lengths;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * 64u + t;
  let rows = (p.n + 15u) / 16u * p.m;
  if (e < rows) {
    let i = e % p.m;
    let first = e / p.m * 16u;
    var counts = vec2f();
    for (var j = first; j < min(first + 16u, p.n); j++) {
      let radii = vec2f(xball[p.m + i], yball[p.n + j]);
      counts += select(vec2f(), vec2f(1.0), vec2f(reach(i, j)) < radii);
    }
    members[e] = counts.x;
    holders[e] = counts.y;
  } else if (e < rows + (p.m + 15u) / 16u * p.n) {
    let j = (e - rows) % p.n;
    let first = (e - rows) / p.n * 16u;
    var count = 0.0;
    for (var i = first; i < min(first + 16u, p.m); i++) {
      count += select(0.0, 1.0, reach(i, j) < xball[p.m + i]);
    }
    holding[e - rows] = count;
  }
}
