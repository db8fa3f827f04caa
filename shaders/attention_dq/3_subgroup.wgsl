// attention_dq / 3_subgroup: dq[t] = scale · sum over s of w[t, s] (g[t]·v[s] - D[t]) k[s]
//
// Without a bias: w[t, s] = exp(scale · q[t]·k[s] - lse[t]) and D[t] = g[t]·y[t]. (Dao et al. 2022,
// 2205.14135, algorithm 4)
//
// Layout    q and dq are [B, h, T, d], k [B, h, S, d], v [B, h, S, D], g [B, h, T, D], stats
//           [B, h, T] with lse and D, row-major; d and D are multiples of 4.
// Threads   a subgroup of SIZE lanes per workgroup, for 8 queries and 8·SIZE columns of k. A lane
//           weighs 4 of a tile's 4·SIZE keys for them and sums 8 columns, in two blocks of 4 that
//           are 4·SIZE apart. Lanes 0 ... 3 load a row of q or g each, for all.
// Sync      none: slopes of weights by subgroupShuffle from the lane that has them.
// Compare   2_tiled shares them through workgroup memory.

enable subgroups;

struct Params {
  batch: u32, heads: u32, queries: u32, keys: u32, depth: u32, width: u32,  // B, h, T, S, d, D
  scale: f32, causal: u32,  // causal 1: query t sees keys 0 ... t only
  masked: u32, bias_b: u32, bias_h: u32, bias_t: u32, bias_s: u32,  // masked is 0
}

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4

@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> g: array<vec4f>;
@group(0) @binding(5) var<storage, read> stats: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> dq: array<vec4f>;
@group(0) @binding(7) var<uniform> p: Params;

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

// A lane's block, and the columns that lanes 0 ... 3 have, in all lanes.
fn from_lane(s: mat4x4f, e: u32) -> mat4x4f {
  let near = mat2x4f(subgroupShuffle(s[0], e), subgroupShuffle(s[1], e));
  return mat4x4f(near[0], near[1], subgroupShuffle(s[2], e), subgroupShuffle(s[3], e));
}
fn from_four(x: vec4f) -> mat4x4f {
  let near = mat2x4f(subgroupBroadcast(x, 0u), subgroupBroadcast(x, 1u));
  return mat4x4f(near[0], near[1], subgroupBroadcast(x, 2u), subgroupBroadcast(x, 3u));
}

// Rows of 4 queries or keys of a head from one on; beyond the last one that one again.
fn rows(head: u32, first: u32, count: u32) -> vec4u {
  return head * count + min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(count - 1u));
}

// The slopes of a query's scores: weights times (products - stat.y), 0 for keys not seen.
fn slope(score: vec4f, product: vec4f, stat: vec2f, keys: vec4u, query: u32) -> vec4f {
  let end = select(p.keys, min(p.keys, query + 1u), p.causal == 1u);
  return select(vec4f(0.0), exp_of(score - stat.x) * (product - stat.y), keys < vec4u(end));
}

fn slopes(s: mat4x4f, x: mat4x4f, lse: vec4f, d: vec4f, keys: vec4u, query: u32) -> mat4x4f {
  return mat4x4f(
    slope(s[0], x[0], vec2f(lse.x, d.x), keys, query),
    slope(s[1], x[1], vec2f(lse.y, d.y), keys, query + 1u),
    slope(s[2], x[2], vec2f(lse.z, d.z), keys, query + 2u),
    slope(s[3], x[3], vec2f(lse.w, d.w), keys, query + 3u));
}

fn store(left: mat4x4f, right: mat4x4f, head: u32, query: u32, column: u32) {
  let depth = p.depth / 4u;
  for (var i = 0u; i < 4u && query + i < p.queries; i++) {
    let at = (head * p.queries + query + i) * depth + column;
    if (column < depth) { dq[at] = p.scale * left[i]; }
    if (column + SIZE < depth) { dq[at + SIZE] = p.scale * right[i]; }
  }
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let group = wid.x + wid.y * num.x;
  let slabs = (p.depth + 8u * SIZE - 1u) / (8u * SIZE);
  let head = group / slabs / ((p.queries + 7u) / 8u);
  if (head >= p.batch * p.heads) { return; }
  let first = group / slabs % ((p.queries + 7u) / 8u) * 8u;  // query of the workgroup
  let end = select(p.keys, min(p.keys, first + 8u), p.causal == 1u);
  let depth = p.depth / 4u;
  let width = p.width / 4u;
  let left = group % slabs * 2u * SIZE + lane;  // column of k, in fours
  let cols = min(vec2u(left, left + SIZE), vec2u(depth - 1u));
  let both = group % slabs * 2u * SIZE + SIZE < depth;  // whether there are columns on the right
  let own = head * p.queries + min(vec2u(first, first + 4u) + lane % 4u, vec2u(p.queries - 1u));
  let stat = transpose(from_four(vec4f(stats[own.x], stats[own.y])));

  var a00 = mat4x4f();  // of 4 queries (columns) and the left or right 4 columns of k
  var a01 = mat4x4f();
  var a10 = mat4x4f();
  var a11 = mat4x4f();
  for (var tile = 0u; tile < end; tile += 4u * SIZE) {
    let keys = tile + 4u * lane + vec4u(0u, 1u, 2u, 3u);
    let mine = rows(head, keys.x, p.keys);
    let ks = mine * depth;
    var s0 = mat4x4f();  // scores of 4 queries (columns) for the lane's keys
    var s1 = mat4x4f();
    for (var c = 0u; c < depth; c++) {
      let k4 = transpose(mat4x4f(k[ks.x + c], k[ks.y + c], k[ks.z + c], k[ks.w + c]));
      s0 += k4 * from_four(q[own.x * depth + c] * p.scale);
      s1 += k4 * from_four(q[own.y * depth + c] * p.scale);
    }
    let vs = mine * width;
    var x0 = mat4x4f();  // products of g with the lane's rows of v
    var x1 = mat4x4f();
    for (var c = 0u; c < width; c++) {
      let v4 = transpose(mat4x4f(v[vs.x + c], v[vs.y + c], v[vs.z + c], v[vs.w + c]));
      x0 += v4 * from_four(g[own.x * width + c]);
      x1 += v4 * from_four(g[own.y * width + c]);
    }
    let d0 = slopes(s0, x0, stat[0], stat[1], keys, first);
    let d1 = slopes(s1, x1, stat[2], stat[3], keys, first + 4u);
    for (var e = 0u; e < min(SIZE, (end - tile + 3u) / 4u); e++) {
      let base = rows(head, tile + 4u * e, p.keys) * depth;
      let l = base + cols.x;
      let near = mat4x4f(k[l.x], k[l.y], k[l.z], k[l.w]);
      let e0 = from_lane(d0, e);
      let e1 = from_lane(d1, e);
      a00 += near * e0;
      a10 += near * e1;
      if (!both) { continue; }
      let r = base + cols.y;
      let far = mat4x4f(k[r.x], k[r.y], k[r.z], k[r.w]);
      a01 += far * e0;
      a11 += far * e1;
    }
  }
  store(a00, a01, head, first, left);
  store(a10, a11, head, first + 4u, left);
}
