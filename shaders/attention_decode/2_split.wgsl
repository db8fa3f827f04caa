// attention_decode / 2_split: y = sum over s < n of softmax(scale · q·k[s]) v[s]
//
// Attention of one query per head over the first n keys of a cache: the step of generation, where
// all that was seen lies in k and v. n is data, so a longer past is the same pipeline.
//
// Layout    q is [heads, d], k [heads, S, d], v [heads, S, D], y [heads, D], row-major; d and D are
//           multiples of 4. n is one number, S at most counts.
// Threads   64 for a head and 32 columns of v. 8 neighbours multiply one of a tile's 64 keys with
//           q, then each thread weighs one, then sums 4 columns over every eighth key.
// Sync      a barrier before each of products, scores, weights and the threads' sums is read.
// Compare   1_naive, where no thread knows another's scores.

struct Params { heads: u32, keys: u32, depth: u32, width: u32, scale: f32 }  // h, S, d, D

@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
@group(0) @binding(3) var<storage, read> n: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(5) var<uniform> p: Params;

var<workgroup> parts: array<f32, 544>;    // 8 rows of 68, whose first 64 are keys
var<workgroup> scores: array<f32, 64>;
var<workgroup> weights: array<f32, 64>;
var<workgroup> sums: array<vec4f, 64>;

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

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let group = wid.x + wid.y * num.x;
  let slabs = (p.width + 31u) / 32u;
  let head = group / slabs;
  if (head >= p.heads) { return; }
  let end = min(n[0], p.keys);
  let depth = p.depth / 4u;
  let width = p.width / 4u;
  let column = group % slabs * 8u + t % 8u;  // of v, in fours
  var m = -3e38;    // largest score so far
  var total = 0.0;  // sum of exp(score - m), for all threads the same
  var sum = vec4f();
  for (var tile = 0u; tile < end; tile += 64u) {
    for (var i = t / 8u; i < 64u; i += 8u) {
      let key = head * p.keys + min(tile + i, p.keys - 1u);
      var product = vec4f();
      for (var c = t % 8u; c < depth; c += 8u) {
        product += q[head * depth + c] * k[key * depth + c];
      }
      parts[t % 8u * 68u + i] = (product.x + product.z) + (product.y + product.w);
    }
    workgroupBarrier();
    var score = 0.0;
    for (var i = 0u; i < 8u; i++) { score += parts[i * 68u + t]; }
    scores[t] = select(-3e38, p.scale * score, tile + t < end);
    workgroupBarrier();
    var top = m;
    for (var i = 0u; i < 64u; i++) { top = max(top, scores[i]); }
    let shrink = exp_down(m - top);
    weights[t] = exp_down(scores[t] - top);
    m = top;
    workgroupBarrier();
    total *= shrink;
    for (var i = 0u; i < 64u; i++) { total += weights[i]; }
    sum *= shrink;
    for (var i = t / 8u; i < min(64u, end - tile); i += 8u) {
      sum += weights[i] * v[(head * p.keys + tile + i) * width + min(column, width - 1u)];
    }
  }

  sums[t] = sum;
  workgroupBarrier();
  if (t >= 8u || column >= width) { return; }
  for (var i = 1u; i < 8u; i++) { sum += sums[t + 8u * i]; }
  y[head * width + column] = select(sum / total, vec4f(0.0), total == 0.0);
}
