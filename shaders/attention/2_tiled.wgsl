// attention / 2_tiled: y[t] = sum over s of softmax(scale · q[t]·k[s] + bias[t, s]) v[s]
//
// For each of the batch·heads heads. lse[t] is the logarithm of the softmax's denominator. Keys
// with a bias of -1e30 or less are not seen; a query that sees none gets y = 0 and lse = 0. Keys
// come in tiles: what was summed before is scaled down when a tile raises the maximum, so the
// [T, S] weights are never stored. (Dao et al. 2022, 2205.14135, algorithm 1)
//
// Layout    q is [B, h, T, d], k [B, h, S, d], v [B, h, S, D], y [B, h, T, D], lse [B, h, T],
//           row-major; d and D are multiples of 4. bias is read by its strides.
// Threads   a workgroup of 8 × 8 owns 32 queries and 32 columns of v. Thread (tx, ty) scores its
//           4 queries against 4 of the tile's 32 keys, then adds what the tile gives the same
//           queries in the columns 4·tx ... 4·tx + 3.
// Sync      maxima and weights go through shared memory, with a barrier before each is read; the
//           next tile's first barrier also keeps it from overwriting weights still to be read.
// Compare   1_naive computes every score again for each column of v.

struct Params {
  batch: u32, heads: u32, queries: u32, keys: u32, depth: u32, width: u32,  // B, h, T, S, d, D
  scale: f32,
  causal: u32,  // 1: query t sees keys 0 ... t only
  masked: u32,  // 1: bias is read, by these strides, 0 to broadcast
  bias_b: u32, bias_h: u32, bias_t: u32, bias_s: u32,
}

@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> lse: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

var<workgroup> weights: array<vec4f, 256>;  // [32 queries, 32 keys]
var<workgroup> parts: array<vec4f, 64>;     // [8 tx, 32 queries]: of each thread's 4 keys

// e^t for t <= 0: 2^k e^r with |r| <= ln 2 / 2, e^r by its Taylor series. 0 below -87, NaN for NaN.
fn exp_of(t: vec4f) -> vec4f {
  let u = max(t, vec4f(-87.0));
  let k = floor(u * 1.44269504 + 0.5);
  let r = (u - k * 0.693115234) - k * 3.19461833e-5;
  let high = 4.16666679e-2 + r * (8.33333377e-3 + r * (1.38888892e-3 + r * 1.98412701e-4));
  let e = 1.0 + r * (1.0 + r * (0.5 + r * (0.166666672 + r * high)));
  let bits = vec4u(vec4i(k) + 127) << vec4u(23u);
  let y = select(e * bitcast<vec4f>(bits), vec4f(0.0), t < vec4f(-87.0));
  return select(y, t, (bitcast<vec4u>(t) << vec4u(1u)) > vec4u(0xff000000u));
}

// ln s for s >= 1: s = 2^k z with z near 1, ln z = 2 artanh f by its series.
fn log_up(s: f32) -> f32 {
  let k = (bitcast<u32>(s) - 0x3f3504f3u) >> 23u;
  let z = bitcast<f32>(bitcast<u32>(s) - (k << 23u));
  let f = (z - 1.0) / (z + 1.0);
  let q = f * f;
  let series = 2.0 + q * (0.666666687 + q * (0.4 + q * (0.285714298 + q * 0.222222224)));
  return f32(k) * 0.693147182 + f * series;
}

// Scores of one query against 4 keys, with bias; -3e38 for keys it may not see.
fn seen(products: vec4f, query: u32, key: u32, row: u32) -> vec4f {
  let keys = vec4u(key) + vec4u(0u, 1u, 2u, 3u);
  var s = products * p.scale;
  if (p.masked == 1u) {
    let at = vec4u(row + query * p.bias_t) + keys * p.bias_s;
    let b = vec4f(bias[at.x], bias[at.y], bias[at.z], bias[at.w]);
    s = select(s + b, vec4f(-3e38), b <= vec4f(-1e30));
  }
  let end = select(p.keys, min(p.keys, query + 1u), p.causal == 1u);
  return select(vec4f(-3e38), s, keys < vec4u(end));
}

// Four keys from one on; beyond the last one that one again.
fn row4(key: u32) -> vec4u { return min(key + vec4u(0u, 1u, 2u, 3u), vec4u(p.keys - 1u)); }

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) t: vec3u,
) {
  let group = wid.x + wid.y * num.x;
  let slabs = (p.width + 31u) / 32u;
  let tiles = (p.queries + 31u) / 32u;
  let head = group / (slabs * tiles);
  let first = ((group / slabs) % tiles) * 32u;  // query of the workgroup
  let inside = head < p.batch * p.heads;
  let end = select(0u, select(p.keys, min(p.keys, first + 32u), p.causal == 1u), inside);
  let bias_row = (head / p.heads) * p.bias_b + (head % p.heads) * p.bias_h;
  let depth = p.depth / 4u;
  let width = p.width / 4u;
  let column = (group % slabs) * 8u + t.x;  // in fours
  // This thread's 4 queries; beyond the last one that one again, not stored.
  let own = first + t.y * 4u;
  let queries = min(vec4u(own) + vec4u(0u, 1u, 2u, 3u), vec4u(p.queries - 1u));
  let qs = (head * p.queries + queries) * depth;
  let slot = t.x * 8u + t.y;   // in parts
  let mine = t.y * 32u + t.x;  // in weights, of query 0
  var m = vec4f(-1e30);    // largest score so far of each query
  var total = vec4f(0.0);  // this thread's part of the sum of weights
  var a = mat4x4f();       // a[i]: sum of weights times v for query i
  for (var tile = 0u; tile < end; tile += 32u) {
    let key = tile + t.x * 4u;
    let ks = (head * p.keys + row4(key)) * depth;
    var s = mat4x4f();  // s[i]: products of query i with the 4 keys
    for (var c = 0u; c < depth; c++) {
      let k4 = mat4x4f(k[ks.x + c], k[ks.y + c], k[ks.z + c], k[ks.w + c]);
      let q4 = mat4x4f(q[qs.x + c], q[qs.y + c], q[qs.z + c], q[qs.w + c]);
      s += transpose(k4) * q4;
    }
    s = mat4x4f(
      seen(s[0], queries.x, key, bias_row), seen(s[1], queries.y, key, bias_row),
      seen(s[2], queries.z, key, bias_row), seen(s[3], queries.w, key, bias_row),
    );
    let turn = transpose(s);
    parts[slot] = max(max(turn[0], turn[1]), max(turn[2], turn[3]));
    workgroupBarrier();
    var top = m;
    for (var i = t.y; i < 64u; i += 8u) { top = max(top, parts[i]); }
    let shrink = exp_of(m - top);
    m = top;
    s = mat4x4f(exp_of(s[0] - m.x), exp_of(s[1] - m.y), exp_of(s[2] - m.z), exp_of(s[3] - m.w));
    total = total * shrink + vec4f(1.0) * s;
    weights[mine] = s[0]; weights[mine + 8u] = s[1];
    weights[mine + 16u] = s[2]; weights[mine + 24u] = s[3];
    workgroupBarrier();

    a = mat4x4f(a[0] * shrink.x, a[1] * shrink.y, a[2] * shrink.z, a[3] * shrink.w);
    for (var j = 0u; j < 8u; j++) {
      let i = t.y * 32u + j;
      let vs = (head * p.keys + row4(tile + 4u * j)) * width + min(column, width - 1u);
      let v4 = mat4x4f(v[vs.x], v[vs.y], v[vs.z], v[vs.w]);
      a += v4 * mat4x4f(weights[i], weights[i + 8u], weights[i + 16u], weights[i + 24u]);
    }
  }

  parts[slot] = total;
  workgroupBarrier();
  var sums = vec4f(0.0);
  for (var i = t.y; i < 64u; i += 8u) { sums += parts[i]; }
  let inverse = select(1.0 / sums, vec4f(0.0), sums == vec4f(0.0));
  let result = a;
  for (var i = 0u; i < 4u; i++) {
    let query = head * p.queries + own + i;
    let own_query = inside & (own + i < p.queries);
    if (own_query & (column < width)) { y[query * width + column] = result[i] * inverse[i]; }
    let log_sum = select(m[i] + log_up(max(sums[i], 1.0)), 0.0, sums[i] == 0.0);
    if (own_query & (column == 0u)) { lse[query] = log_sum; }
  }
}
