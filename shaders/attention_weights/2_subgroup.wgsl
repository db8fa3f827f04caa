// attention_weights / 2_subgroup: w[t, s] = exp(scale · q[t]·k[s] - lse[t])
//                                 ds[t, s] = scale · w[t, s] (g[t]·v[s] - D[t])
//
// For each head; lse is the logarithm of the softmax's denominator, D[t] = g[t]·y[t]. (Dao et al.
// 2022, 2205.14135, algorithm 4)
//
// Layout    q is [B, h, T, d], k [B, h, S, d], v [B, h, S, D], g and y [B, h, T, D], lse [B, h, T],
//           w and ds [B, h, T, pitch], row-major; d, D and pitch, below S + 4, are multiples of 4.
//           Both are 0 from S on and at keys not seen; tiles of which none is seen aren't written.
// Threads   a subgroup of SIZE lanes per workgroup, for 16 queries and 8·SIZE keys. A lane has two
//           blocks of 4 keys, 4·SIZE apart. Lanes 0 ... 3 load four rows of q or g each, for all.
// Sync      none: rows by subgroupBroadcast, D by subgroupShuffle.
// Compare   1_naive loads two numbers for each product; matmul/5_subgroup has the same blocks.

enable subgroups;

struct Params {
  batch: u32, heads: u32, queries: u32, keys: u32, depth: u32, width: u32,  // B, h, T, S, d, D
  pitch: u32, scale: f32, causal: u32,  // causal 1: query t sees keys 0 ... t only
}

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4
@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
@group(0) @binding(3) var<storage, read> g: array<vec4f>;
@group(0) @binding(4) var<storage, read> y: array<vec4f>;
@group(0) @binding(5) var<storage, read> lse: array<f32>;
@group(0) @binding(6) var<storage, read_write> w: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> ds: array<vec4f>;
@group(0) @binding(8) var<uniform> p: Params;

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

// The columns that lanes 0 ... 3 have, in all lanes.
fn from_four(x: vec4f) -> mat4x4f {
  let near = mat2x4f(subgroupBroadcast(x, 0u), subgroupBroadcast(x, 1u));
  return mat4x4f(near[0], near[1], subgroupBroadcast(x, 2u), subgroupBroadcast(x, 3u));
}

// Rows of 4 keys of a head from one on; beyond the last one that one again.
fn rows(head: u32, key: u32) -> vec4u {
  return head * p.keys + min(vec4u(key) + vec4u(0u, 1u, 2u, 3u), vec4u(p.keys - 1u));
}

// 4 columns of 4 keys, turned: a column for each.
fn of_k(at: vec4u) -> mat4x4f { return transpose(mat4x4f(k[at.x], k[at.y], k[at.z], k[at.w])); }
fn of_v(at: vec4u) -> mat4x4f { return transpose(mat4x4f(v[at.x], v[at.y], v[at.z], v[at.w])); }

// Writes what a query has with 4 keys: their products of q and k are s, those of g and v x.
fn keep(row: u32, query: u32, key: u32, s: vec4f, x: vec4f, delta: f32) {
  let weights = exp_of(p.scale * s - lse[row]);
  let keys = key + vec4u(0u, 1u, 2u, 3u);
  let seen = (keys < vec4u(p.keys)) & (keys * p.causal <= vec4u(query));
  let at = (row * p.pitch + key) / 4u;
  w[at] = select(vec4f(0.0), weights, seen);
  ds[at] = select(vec4f(0.0), p.scale * weights * (x - delta), seen);
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let group = wid.x + wid.y * num.x;
  let across = (p.keys + 8u * SIZE - 1u) / (8u * SIZE);
  let down = (p.queries + 15u) / 16u;
  let head = group / across / down;
  let first = group / across % down * 16u;  // query
  let tile = group % across * 8u * SIZE;    // key
  if (head >= p.batch * p.heads || tile * p.causal > first + 15u) { return; }
  let left = tile + 4u * lane;
  let right = left + 4u * SIZE;
  let fours = first + lane % 4u + vec4u(0u, 4u, 8u, 12u);
  let own = head * p.queries + min(fours, vec4u(p.queries - 1u));
  let depth = p.depth / 4u;
  var s0 = mat4x4f();
  var s4 = mat4x4f();
  var s1 = mat4x4f();
  var s5 = mat4x4f();
  var s2 = mat4x4f();
  var s6 = mat4x4f();
  var s3 = mat4x4f();
  var s7 = mat4x4f();
  for (var c = 0u; c < depth; c++) {
    let l = of_k(rows(head, left) * depth + c);
    let r = of_k(rows(head, right) * depth + c);
    let q0 = from_four(q[own.x * depth + c]);
    s0 += l * q0;
    s4 += r * q0;
    let q1 = from_four(q[own.y * depth + c]);
    s1 += l * q1;
    s5 += r * q1;
    let q2 = from_four(q[own.z * depth + c]);
    s2 += l * q2;
    s6 += r * q2;
    let q3 = from_four(q[own.w * depth + c]);
    s3 += l * q3;
    s7 += r * q3;
  }
  let width = p.width / 4u;
  var d = vec4f();  // g·y of the rows that the lane loads
  var x0 = mat4x4f();
  var x4 = mat4x4f();
  var x1 = mat4x4f();
  var x5 = mat4x4f();
  var x2 = mat4x4f();
  var x6 = mat4x4f();
  var x3 = mat4x4f();
  var x7 = mat4x4f();
  for (var c = 0u; c < width; c++) {
    let l = of_v(rows(head, left) * width + c);
    let r = of_v(rows(head, right) * width + c);
    let g0 = g[own.x * width + c];
    x0 += l * from_four(g0);
    x4 += r * from_four(g0);
    d.x += dot(g0, y[own.x * width + c]);
    let g1 = g[own.y * width + c];
    x1 += l * from_four(g1);
    x5 += r * from_four(g1);
    d.y += dot(g1, y[own.y * width + c]);
    let g2 = g[own.z * width + c];
    x2 += l * from_four(g2);
    x6 += r * from_four(g2);
    d.z += dot(g2, y[own.z * width + c]);
    let g3 = g[own.w * width + c];
    x3 += l * from_four(g3);
    x7 += r * from_four(g3);
    d.w += dot(g3, y[own.w * width + c]);
  }
  var s = array<mat4x4f, 8>(s0, s1, s2, s3, s4, s5, s6, s7);
  var x = array<mat4x4f, 8>(x0, x1, x2, x3, x4, x5, x6, x7);
  for (var i = 0u; i < 32u; i++) {
    let query = first + i % 16u;
    let key = select(left, right, i >= 16u);
    let delta = subgroupShuffle(d, i % 4u)[i / 4u % 4u];
    if (query < p.queries && key < p.keys) {
      keep(head * p.queries + query, query, key, s[i / 4u][i % 4u], x[i / 4u][i % 4u], delta);
    }
  }
}
