// attention / 1_naive: y[t] = sum over s of softmax(scale · q[t]·k[s] + bias[t, s]) v[s]
//
// For each of the batch·heads heads. lse[t] is the logarithm of the softmax's denominator. Keys
// with a bias of -1e30 or less are not seen; a query that sees none gets y = 0 and lse = 0. The
// running maximum and sum make one pass enough. (Milakov, Gimelshein 2018, algorithm 3)
//
// Layout    q is [B, h, T, d], k [B, h, S, d], v [B, h, S, D], y [B, h, T, D], lse [B, h, T],
//           row-major; bias is read by its strides.
// Threads   one per element of y: each goes through all keys of its query.
// Sync      none.
// Compare   2_tiled computes every score once for all columns of v.

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
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> lse: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

// e^t for t <= 0 as 2^k e^r with |r| <= ln 2 / 2, e^r by its Taylor series. 0 below -87.
fn exp_down(t: f32) -> f32 {
  let u = max(t, -87.0);
  let k = floor(u * 1.44269504 + 0.5);
  let r = (u - k * 0.693115234) - k * 3.19461833e-5;
  let high = 4.16666679e-2 + r * (8.33333377e-3 + r * (1.38888892e-3 + r * 1.98412701e-4));
  let e = 1.0 + r * (1.0 + r * (0.5 + r * (0.166666672 + r * high)));
  return select(e * bitcast<f32>(u32(i32(k) + 127) << 23u), 0.0, t < -87.0);
}

// ln s for s >= 1: s = 2^k z with z near 1, ln z = 2 artanh f by its series.
fn log_up(s: f32) -> f32 {
  let k = (bitcast<u32>(s) - 0x3f3504f3u) >> 23u;
  let z = bitcast<f32>(bitcast<u32>(s) - (k << 23u));
  let f = (z - 1.0) / (z + 1.0);
  let q = f * f;
  let series = 0.666666687 + q * (0.4 + q * (0.285714298 + q * 0.222222224));
  return f32(k) * 0.693147182 + f * (2.0 + q * series);
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.batch * p.heads * p.queries * p.width) { return; }
  let column = e % p.width;
  let row = e / p.width;
  let head = row / p.queries;
  let query = row % p.queries;
  let bias_row = (head / p.heads) * p.bias_b + (head % p.heads) * p.bias_h + query * p.bias_t;

  var m = 0.0;       // largest score so far
  var total = 0.0;   // sum of exp(score - m)
  var acc = 0.0;     // sum of exp(score - m) v
  var worst = 0u;    // bits of the largest magnitude among the scores
  let end = select(p.keys, min(query + 1u, p.keys), p.causal == 1u);
  for (var s = 0u; s < end; s++) {
    var offset = 0.0;
    if (p.masked == 1u) { offset = bias[bias_row + s * p.bias_s]; }
    if (offset <= -1e30) { continue; }
    var product = 0.0;
    for (var i = 0u; i < p.depth; i++) {
      product += q[row * p.depth + i] * k[(head * p.keys + s) * p.depth + i];
    }
    let score = p.scale * product + offset;
    worst = max(worst, bitcast<u32>(score) << 1u);

    let top = select(max(m, score), score, total == 0.0);
    let shrink = exp_down(m - top);
    let weight = exp_down(score - top);
    total = total * shrink + weight;
    acc = acc * shrink + weight * v[(head * p.keys + s) * p.width + column];
    m = top;
  }

  let nan = bitcast<f32>(worst | 0x7fc00000u);
  let undefined = worst >= 0xff000000u;  // a score was NaN or infinite
  let seen = total > 0.0;
  y[e] = select(select(0.0, acc / total, seen), nan, undefined);
  if (column == 0u) {
    lse[row] = select(select(0.0, m + log_up(max(total, 1.0)), seen), nan, undefined);
  }
}
