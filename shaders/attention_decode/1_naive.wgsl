// attention_decode / 1_naive: y = sum over s < n of softmax(scale · q·k[s]) v[s]
//
// Attention of one query per head over the first n keys of a cache: the step of generation, where
// all that was seen lies in k and v. n is data, so a longer past is the same pipeline.
//
// Layout    q is [heads, d], k [heads, S, d], v [heads, S, D], y [heads, D], row-major; n is one
//           number, S at most counts.
// Threads   one per element of y: each goes through all keys of its head.
// Sync      none.
// Compare   2_split shares a head's keys among the threads of a workgroup.

struct Params { heads: u32, keys: u32, depth: u32, width: u32, scale: f32 }  // h, S, d, D

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> q: array<f32>;
@group(0) @binding(1) var<storage, read> k: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read> n: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

// e^t for t <= 0: 2^k e^r with |r| <= ln 2 / 2, e^r by its Taylor series. 0 below -87, NaN for NaN.
fn exp_down(t: f32) -> f32 {
  let low = t < -87.0;
  let u = select(t, -87.0, low);
  let k = floor(u * 1.44269504 + 0.5);
  let r = (u - k * 0.693115234) - k * 3.19461833e-5;
  let high = 4.16666679e-2 + r * (8.33333377e-3 + r * (1.38888892e-3 + r * 1.98412701e-4));
  let e = 1.0 + r * (1.0 + r * (0.5 + r * (0.166666672 + r * high)));
  return select(e * bitcast<f32>(i32((k + 127.0) * 8388608.0)), 0.0, low);
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.heads * p.width) { return; }
  let head = e / p.width;
  var m = -3e38;    // largest score so far
  var total = 0.0;  // sum of exp(score - m)
  var sum = 0.0;    // sum of exp(score - m) v
  for (var s = 0u; s < min(n[0], p.keys); s++) {
    let key = head * p.keys + s;
    var score = 0.0;
    for (var i = 0u; i < p.depth; i++) { score += q[head * p.depth + i] * k[key * p.depth + i]; }
    score *= p.scale;
    let top = max(m, score);
    let shrink = exp_down(m - top);
    let weight = exp_down(score - top);
    total = total * shrink + weight;
    sum = sum * shrink + weight * v[key * p.width + e % p.width];
    m = top;
  }
  y[e] = select(sum / total, 0.0, total == 0.0);
}
