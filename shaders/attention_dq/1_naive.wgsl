// attention_dq / 1_naive: dq[t] = scale · sum over s of w[t, s] (g[t]·v[s] - D[t]) k[s]
//
// The gradient of attention for q, where g is that of its result. The weights come again from what
// the forward pass saved: w[t, s] = exp(scale · q[t]·k[s] + bias[t, s] - lse[t]), D[t] = g[t]·y[t].
// (Dao et al. 2022, 2205.14135, algorithm 4)
//
// Layout    q and dq are [B, h, T, d], k [B, h, S, d], v [B, h, S, D], g [B, h, T, D], stats
//           [B, h, T] with lse and D, row-major; bias is read by its strides.
// Threads   one per element of dq: each goes through all keys of its query.
// Sync      none.
// Compare   2_tiled computes every weight once for 32 columns of k.

struct Params {
  batch: u32, heads: u32, queries: u32, keys: u32, depth: u32, width: u32,  // B, h, T, S, d, D
  scale: f32,
  causal: u32,  // 1: query t sees keys 0 ... t only
  masked: u32,  // 1: bias is read, by these strides, 0 to broadcast
  bias_b: u32, bias_h: u32, bias_t: u32, bias_s: u32,
}

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> q: array<f32>;
@group(0) @binding(1) var<storage, read> k: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> g: array<f32>;
@group(0) @binding(5) var<storage, read> stats: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> dq: array<f32>;
@group(0) @binding(7) var<uniform> p: Params;

// e^t for t <= 0 as 2^k e^r with |r| <= ln 2 / 2, e^r by its Taylor series. 0 below -87.
fn exp_down(t: f32) -> f32 {
  let low = t < -87.0;
  let u = select(t, -87.0, low);
  let k = floor(u * 1.44269504 + 0.5);
  let r = (u - k * 0.693115234) - k * 3.19461833e-5;
  let high = 4.16666679e-2 + r * (8.33333377e-3 + r * (1.38888892e-3 + r * 1.98412701e-4));
  let e = 1.0 + r * (1.0 + r * (0.5 + r * (0.166666672 + r * high)));
  return select(e * bitcast<f32>(i32((k + 127.0) * 8388608.0)), 0.0, low);
}

// The weight of a key for a query, 0 for one that it does not see, and its gradient before scaling.
fn weigh(head: u32, query: u32, key: u32) -> vec2f {
  if (p.causal == 1u && key > query) { return vec2f(); }
  var offset = 0.0;
  if (p.masked == 1u) {
    let row = (head / p.heads) * p.bias_b + (head % p.heads) * p.bias_h + query * p.bias_t;
    offset = bias[row + key * p.bias_s];
    if (offset <= -1e30) { return vec2f(); }
  }
  let row = head * p.queries + query;
  let other = head * p.keys + key;
  var score = 0.0;
  for (var i = 0u; i < p.depth; i++) { score += q[row * p.depth + i] * k[other * p.depth + i]; }
  var slope = 0.0;
  for (var i = 0u; i < p.width; i++) { slope += g[row * p.width + i] * v[other * p.width + i]; }
  let weight = exp_down(p.scale * score + offset - stats[row].x);
  return vec2f(weight, weight * (slope - stats[row].y));
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.batch * p.heads * p.queries * p.depth) { return; }
  let head = e / p.depth / p.queries;
  let query = e / p.depth % p.queries;
  var sum = 0.0;
  for (var s = 0u; s < p.keys; s++) {
    sum += weigh(head, query, s).y * k[(head * p.keys + s) * p.depth + e % p.depth];
  }
  dq[e] = p.scale * sum;
}
