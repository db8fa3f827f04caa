// attention / 3_subgroup: y[t] = sum over s of softmax(scale · q[t]·k[s] + bias[t, s]) v[s]
//
// For each of the batch·heads heads, without a bias. lse[t] is the logarithm of the softmax's
// denominator. A running maximum scales down what was summed before, as in 2_tiled.
//
// Layout    q is [B, h, T, d], k [B, h, S, d], v [B, h, S, D], y [B, h, T, D], lse [B, h, T],
//           row-major; d and D are multiples of 4.
// Threads   a subgroup of SIZE lanes per workgroup, for 8 queries and 8·SIZE columns of v. A lane
//           scores them against 4 of a tile's 4·SIZE keys and sums 8 columns, in two blocks of 4
//           that are 4·SIZE apart. Lanes 0 ... 3 load a row of q each, for all.
// Sync      none: maxima by subgroupMax, weights by subgroupShuffle from the lane that has them.
// Compare   2_tiled shares weights through workgroup memory.

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
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> lse: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

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

// Rows of 4 keys from one on, in vec4s; beyond the last one that one again.
fn rows(head: u32, key: u32, length: u32) -> vec4u {
  return (head * p.keys + min(vec4u(key) + vec4u(0u, 1u, 2u, 3u), vec4u(p.keys - 1u))) * length;
}

fn block_v(at: vec4u) -> mat4x4f { return mat4x4f(v[at.x], v[at.y], v[at.z], v[at.w]); }

// Of 4 queries so far: two blocks of columns of y, largest score, this lane's part of the sum.
struct Rows { left: mat4x4f, right: mat4x4f, top: vec4f, total: vec4f }
fn times(a: mat4x4f, b: vec4f) -> mat4x4f {
  return mat4x4f(a[0] * b.x, a[1] * b.y, a[2] * b.z, a[3] * b.w);
}

// Weights of 4 queries (columns) for 4 keys from their scores, -3e38 for keys that are not seen.
fn weigh(r: ptr<function, Rows>, s: mat4x4f) -> mat4x4f {
  let turn = transpose(s);
  let m = max((*r).top, subgroupMax(max(max(turn[0], turn[1]), max(turn[2], turn[3]))));
  let w = mat4x4f(exp_of(s[0] - m.x), exp_of(s[1] - m.y), exp_of(s[2] - m.z), exp_of(s[3] - m.w));
  let by = exp_of((*r).top - m);
  let total = (*r).total * by + vec4f(1.0) * w;
  *r = Rows(times((*r).left, by), times((*r).right, by), m, total);
  return w;
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

fn store(r: Rows, head: u32, query: u32, left: u32) {
  let width = p.width / 4u;
  let total = subgroupAdd(r.total);
  for (var i = 0u; i < 4u && query + i < p.queries; i++) {
    let row = head * p.queries + query + i;
    if (left < width) { y[row * width + left] = r.left[i] / total[i]; }
    if (left + SIZE < width) { y[row * width + left + SIZE] = r.right[i] / total[i]; }
    if (left == 0u) { lse[row] = r.top[i] + log_up(max(total[i], 1.0)); }
  }
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let group = wid.x + wid.y * num.x;
  let slabs = (p.width + 8u * SIZE - 1u) / (8u * SIZE);
  let head = group / slabs / ((p.queries + 7u) / 8u);
  if (head >= p.batch * p.heads) { return; }
  let first = group / slabs % ((p.queries + 7u) / 8u) * 8u;  // query of the workgroup
  let end = select(p.keys, min(p.keys, first + 8u), p.causal == 1u);
  let depth = p.depth / 4u;
  let width = p.width / 4u;
  let left = group % slabs * 2u * SIZE + lane;  // column of v, in fours
  let cols = min(vec2u(left, left + SIZE), vec2u(width - 1u));
  let both = group % slabs * 2u * SIZE + SIZE < width;  // whether there are columns on the right
  let own = min(vec2u(first, first + 4u) + lane % 4u, vec2u(p.queries - 1u));
  let qs = (head * p.queries + own) * depth;
  var r0 = Rows(mat4x4f(), mat4x4f(), vec4f(-1e30), vec4f());
  var r1 = r0;
  for (var tile = 0u; tile < end; tile += 4u * SIZE) {
    let ks = rows(head, tile + 4u * lane, depth);
    var s0 = mat4x4f();
    var s1 = mat4x4f();
    for (var c = 0u; c < depth; c++) {
      let k4 = transpose(mat4x4f(k[ks.x + c], k[ks.y + c], k[ks.z + c], k[ks.w + c]));
      s0 += k4 * from_four(q[qs.x + c] * p.scale);
      s1 += k4 * from_four(q[qs.y + c] * p.scale);
    }
    if (tile + 4u * SIZE > select(p.keys, first, p.causal == 1u)) {  // not all keys are seen
      let keys = tile + 4u * lane + vec4u(0u, 1u, 2u, 3u);
      for (var i = 0u; i < 4u; i++) {
        let past = min(vec2u(p.keys), first + i + vec2u(1u, 5u) + (1u - p.causal) * p.keys);
        s0[i] = select(vec4f(-3e38), s0[i], keys < vec4u(past.x));
        s1[i] = select(vec4f(-3e38), s1[i], keys < vec4u(past.y));
      }
    }
    let w0 = weigh(&r0, s0);
    let w1 = weigh(&r1, s1);
    for (var e = 0u; e < min(SIZE, (end - tile + 3u) / 4u); e++) {
      let vs = rows(head, tile + 4u * e, width);
      let near = block_v(vs + cols.x);
      let x0 = from_lane(w0, e);
      let x1 = from_lane(w1, e);
      r0.left += near * x0;
      r1.left += near * x1;
      if (!both) { continue; }
      let far = block_v(vs + cols.y);
      r0.right += far * x0;
      r1.right += far * x1;
    }
  }
  store(r0, head, first, left);
  store(r1, head, first + 4u, left);
}
