// attention / 2_tiled: y[t] = sum over s of softmax(scale · q[t]·k[s] + bias[t, s]) v[s]
//
// For each head. lse[t] is the logarithm of the softmax's denominator. Keys with a bias of -1e30 or
// less are not seen; a query that sees none gets 0 in both. What was summed is scaled down when a
// tile of keys raises the maximum. (Dao et al. 2022, 2205.14135, algorithm 1)
//
// Layout    q is [B, h, T, d], k [B, h, S, d], v [B, h, S, D], y [B, h, T, D], lse [B, h, T],
//           row-major; d and D are multiples of 4. bias is read by its strides.
// Threads   8 × 8 for 32 queries and 32 columns of v. Thread (x, y) scores keys 4x ... 4x + 3 of a
//           tile for queries 4y ... 4y + 3, then sums columns 4x ... 4x + 3 for these.
// Sync      a barrier before what was written is read, and one before it is overwritten.
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

var<workgroup> left: array<vec4f, 256>;   // 32 columns of q, 32 queries; then weights
var<workgroup> right: array<vec4f, 256>;  // 32 columns of k, 32 keys; then v
var<workgroup> parts: array<vec4f, 64>;   // of each thread's keys, 4 queries

// e^t for t <= 0: 2^k e^r with |r| <= ln 2 / 2, e^r by its Taylor series. 0 below -87, NaN for NaN.
fn exp_of(t: vec4f) -> vec4f {
  let low = t < vec4f(-87.0);
  let u = select(t, vec4f(-87.0), low);
  let k = floor(u * 1.44269504 + 0.5);
  let r = (u - k * 0.693115234) - k * 3.19461833e-5;
  let high = 4.16666679e-2 + r * (8.33333377e-3 + r * (1.38888892e-3 + r * 1.98412701e-4));
  let e = 1.0 + r * (1.0 + r * (0.5 + r * (0.166666672 + r * high)));
  return select(e * bitcast<vec4f>(vec4i((k + 127.0) * 8388608.0)), vec4f(0.0), low);
}

// ln s for s >= 1: s = 2^k z with z near 1, ln z = 2 artanh f by its series.
fn log_up(s: f32) -> f32 {
  let k = (bitcast<u32>(s) - 0x3f3504f3u) >> 23u;
  let z = bitcast<f32>(bitcast<u32>(s) - (k << 23u));
  let f = (z - 1.0) / (z + 1.0);
  let series = 0.666666687 + f * f * (0.4 + f * f * (0.285714298 + f * f * 0.222222224));
  return f32(k) * 0.693147182 + f * (2.0 + f * f * series);
}

// Where 4 lines of column c lie in a tile: turned, and spread over the banks of shared memory.
fn place(c: u32, four: u32) -> u32 { return c * 8u + (four ^ (c / 4u)); }

// A key's scores for 4 queries, with bias; -3e38 where it is not seen.
fn seen(products: vec4f, key: u32, query: u32, bias_row: u32) -> vec4f {
  let queries = vec4u(query) + vec4u(0u, 1u, 2u, 3u);
  var s = products * p.scale;
  if (p.masked == 1u) {
    let column = bias_row + min(key, p.keys - 1u) * p.bias_s;
    let at = vec4u(column) + min(queries, vec4u(p.queries - 1u)) * p.bias_t;
    let b = vec4f(bias[at.x], bias[at.y], bias[at.z], bias[at.w]);
    s = select(s + b, vec4f(-3e38), b <= vec4f(-1e30));
  }
  return select(s, vec4f(-3e38), vec4<bool>(key >= p.keys) | (vec4u(key * p.causal) > queries));
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) t: vec3u,
) {
  let group = wid.x + wid.y * num.x;
  let slabs = (p.width + 31u) / 32u;
  let tiles = (p.queries + 31u) / 32u;
  let head = group / (slabs * tiles);
  let first = group / slabs % tiles * 32u;  // query of the workgroup
  let inside = head < p.batch * p.heads;
  let end = select(0u, select(p.keys, min(p.keys, first + 32u), p.causal == 1u), inside);
  let bias_row = (head / p.heads) * p.bias_b + (head % p.heads) * p.bias_h;
  let depth = p.depth / 4u;
  let width = p.width / 4u;
  let column = group % slabs * 8u + t.x;  // of v, in fours
  let lines = t.y * 4u + vec4u(0u, 1u, 2u, 3u);  // what this thread stages
  let qs = (head * p.queries + min(first + lines, vec4u(p.queries - 1u))) * depth;
  var m = vec4f(-1e30);    // largest score so far of each query
  var total = vec4f(0.0);  // this thread's part of the sum of weights
  var a = mat4x4f();       // a[i]: sum of weights times column i of v, for 4 queries
  for (var tile = 0u; tile < end; tile += 32u) {
    let keys = head * p.keys + min(tile + lines, vec4u(p.keys - 1u));
    var s = mat4x4f();  // s[i]: scores of key i for 4 queries
    for (var chunk = 0u; chunk < depth; chunk += 8u) {
      let c = min(chunk + t.x, depth - 1u);
      let q4 = transpose(mat4x4f(q[qs.x + c], q[qs.y + c], q[qs.z + c], q[qs.w + c]));
      let ks = keys * depth + c;
      let k4 = transpose(mat4x4f(k[ks.x], k[ks.y], k[ks.z], k[ks.w]));
      workgroupBarrier();
      for (var i = 0u; i < 4u; i++) {
        left[place(4u * t.x + i, t.y)] = q4[i];
        right[place(4u * t.x + i, t.y)] = k4[i];
      }
      workgroupBarrier();
      for (var l = 0u; l < 4u * min(8u, depth - chunk); l++) {
        let x = left[place(l, t.y)];
        let w = right[place(l, t.x)];
        s += mat4x4f(x * w.x, x * w.y, x * w.z, x * w.w);
      }
    }

    for (var i = 0u; i < 4u; i++) {
      s[i] = seen(s[i], tile + 4u * t.x + i, first + 4u * t.y, bias_row);
    }
    parts[t.x * 8u + (t.y ^ t.x)] = max(max(s[0], s[1]), max(s[2], s[3]));
    workgroupBarrier();
    var top = m;
    for (var i = 0u; i < 8u; i++) { top = max(top, parts[i * 8u + (t.y ^ i)]); }
    let shrink = exp_of(m - top);
    m = top;
    s = mat4x4f(exp_of(s[0] - m), exp_of(s[1] - m), exp_of(s[2] - m), exp_of(s[3] - m));
    total = total * shrink + (s[0] + s[1]) + (s[2] + s[3]);
    let vs = keys * width + min(column, width - 1u);
    for (var i = 0u; i < 4u; i++) {
      left[place(4u * t.x + i, t.y)] = s[i];
      right[place(4u * t.y + i, t.x)] = v[vs[i]];
    }
    workgroupBarrier();

    a = mat4x4f(a[0] * shrink, a[1] * shrink, a[2] * shrink, a[3] * shrink);
    for (var j = 0u; j < 32u; j++) {
      let w = left[place(j, t.y)];
      let x = right[place(j, t.x)];
      a += mat4x4f(w * x.x, w * x.y, w * x.z, w * x.w);
    }
  }

  parts[t.x * 8u + (t.y ^ t.x)] = total;
  workgroupBarrier();
  var sums = vec4f(0.0);
  for (var i = 0u; i < 8u; i++) { sums += parts[i * 8u + (t.y ^ i)]; }
  let turn = transpose(a);
  for (var i = 0u; i < 4u; i++) {
    let query = head * p.queries + first + 4u * t.y + i;
    let some = sums[i] != 0.0;
    if (!inside || first + 4u * t.y + i >= p.queries) { return; }
    if (column < width) { y[query * width + column] = turn[i] * select(0.0, 1.0 / sums[i], some); }
    if (column == 0u) { lse[query] = select(0.0, m[i] + log_up(max(sums[i], 1.0)), some); }
  }
}
