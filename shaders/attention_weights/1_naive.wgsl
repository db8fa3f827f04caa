// attention_weights / 1_naive: w[t, s] = exp(scale · q[t]·k[s] - lse[t])
//                              ds[t, s] = scale · w[t, s] (g[t]·v[s] - D[t])
//
// For each head: the weights of attention again, from the saved logarithm of the softmax's
// denominator, and the gradient of the products q·k, where D[t] = g[t]·y[t]. Three products make
// the gradients of these. (Dao et al. 2022, 2205.14135, algorithm 4)
//
// Layout    q is [B, h, T, d], k [B, h, S, d], v [B, h, S, D], g and y [B, h, T, D], lse [B, h, T],
//           w and ds [B, h, T, pitch], row-major. Both are 0 from S on and, where causal, at keys
//           that a query does not see.
// Threads   one per query and place of a row of w.
// Sync      none.
// Compare   2_subgroup keeps blocks of both products in registers.

struct Params {
  batch: u32, heads: u32, queries: u32, keys: u32, depth: u32, width: u32,  // B, h, T, S, d, D
  pitch: u32, scale: f32, causal: u32,  // causal 1: query t sees keys 0 ... t only
}

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> q: array<f32>;
@group(0) @binding(1) var<storage, read> k: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read> g: array<f32>;
@group(0) @binding(4) var<storage, read> y: array<f32>;
@group(0) @binding(5) var<storage, read> lse: array<f32>;
@group(0) @binding(6) var<storage, read_write> w: array<f32>;
@group(0) @binding(7) var<storage, read_write> ds: array<f32>;
@group(0) @binding(8) var<uniform> p: Params;

// e^t for t <= 0: 2^k e^r with |r| <= ln 2 / 2, e^r by its Taylor series. 0 below -87, NaN for NaN.
fn exp_of(t: f32) -> f32 {
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
  let row = e / p.pitch;  // of q and g
  let key = e % p.pitch;
  if (row >= p.batch * p.heads * p.queries) { return; }
  let other = row / p.queries * p.keys + min(key, p.keys - 1u);
  var score = 0.0;
  for (var i = 0u; i < p.depth; i++) { score += q[row * p.depth + i] * k[other * p.depth + i]; }
  var product = 0.0;
  var delta = 0.0;
  for (var i = 0u; i < p.width; i++) {
    product += g[row * p.width + i] * v[other * p.width + i];
    delta += g[row * p.width + i] * y[row * p.width + i];
  }
  let seen = key < p.keys && key * p.causal <= row % p.queries;
  let weight = exp_of(p.scale * score - lse[row]);
  w[e] = select(0.0, weight, seen);
  ds[e] = select(0.0, p.scale * weight * (product - delta), seen);
}
