// attention_dkv / 3_subgroup: dv[s] = sum over t of w[t, s] g[t]
//                            dk[s] = scale · sum over t of w[t, s] (g[t]·v[s] - D[t]) q[t]
//
// Without a bias: w[t, s] = exp(scale · q[t]·k[s] - lse[t]) and D[t] = g[t]·y[t]. (Dao et al. 2022,
// 2205.14135, algorithm 4)
//
// Layout    q is [B, h, T, d], k and dk [B, h, S, d], v and dv [B, h, S, D], g [B, h, T, D], stats
//           [B, h, T] with lse and D, row-major; d and D are multiples of 4.
// Threads   a subgroup of SIZE lanes per workgroup, for 4 keys and 8·SIZE columns. A lane weighs
//           them for 4 of a tile's 4·SIZE queries and sums 8 columns of dk and dv, in two blocks of
//           4 that are 4·SIZE apart. Lanes 0 ... 3 load a row of k or v each, for all.
// Sync      none: weights and slopes by subgroupShuffle from the lane that has them.
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
@group(0) @binding(6) var<storage, read_write> dk: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dv: array<vec4f>;
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

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let group = wid.x + wid.y * num.x;
  let slabs = (max(p.depth, p.width) + 8u * SIZE - 1u) / (8u * SIZE);
  let head = group / slabs / ((p.keys + 3u) / 4u);
  if (head >= p.batch * p.heads) { return; }
  let first = group / slabs % ((p.keys + 3u) / 4u) * 4u;  // key of the workgroup
  let depth = p.depth / 4u;
  let width = p.width / 4u;
  let left = group % slabs * 2u * SIZE + lane;  // column of q and g, in fours
  let in_q = min(vec2u(left, left + SIZE), vec2u(depth - 1u));
  let in_g = min(vec2u(left, left + SIZE), vec2u(width - 1u));
  // Whether there are columns on the right.
  let both = group % slabs * 2u * SIZE + SIZE < max(depth, width);
  let own = head * p.keys + min(first + lane % 4u, p.keys - 1u);

  var k0 = mat4x4f();  // of 4 keys (columns) and the left or right 4 columns of q
  var k1 = mat4x4f();
  var v0 = mat4x4f();  // the same of g
  var v1 = mat4x4f();
  let begin = select(0u, first / (4u * SIZE) * 4u * SIZE, p.causal == 1u);
  for (var tile = begin; tile < p.queries; tile += 4u * SIZE) {
    let queries = tile + 4u * lane + vec4u(0u, 1u, 2u, 3u);
    let mine = rows(head, queries.x, p.queries);
    let qs = mine * depth;
    var s = mat4x4f();  // scores of 4 keys (columns) for the lane's queries
    for (var c = 0u; c < depth; c++) {
      let q4 = transpose(mat4x4f(q[qs.x + c], q[qs.y + c], q[qs.z + c], q[qs.w + c]));
      s += q4 * from_four(k[own * depth + c] * p.scale);
    }
    let gs = mine * width;
    var x = mat4x4f();  // products of v with the lane's rows of g
    for (var c = 0u; c < width; c++) {
      let g4 = transpose(mat4x4f(g[gs.x + c], g[gs.y + c], g[gs.z + c], g[gs.w + c]));
      x += g4 * from_four(v[own * width + c]);
    }
    let near = mat2x4f(vec4f(stats[mine.x], stats[mine.y]), vec4f(stats[mine.z], stats[mine.w]));
    let lse = vec4f(near[0].xz, near[1].xz);
    let delta = vec4f(near[0].yw, near[1].yw);
    var w = s;
    var d = x;
    for (var i = 0u; i < 4u; i++) {
      let seen = (queries >= vec4u((first + i) * p.causal)) & (queries < vec4u(p.queries));
      w[i] = select(vec4f(0.0), exp_of(w[i] - lse), seen);
      d[i] = w[i] * (d[i] - delta);
    }

    let start = select(0u, (max(first, tile) - tile) / 4u, p.causal == 1u);
    for (var e = start; e < min(SIZE, (p.queries - tile + 3u) / 4u); e++) {
      let base = rows(head, tile + 4u * e, p.queries);
      let we = from_lane(w, e);
      let de = from_lane(d, e);
      let ql = base * depth + in_q.x;
      k0 += mat4x4f(q[ql.x], q[ql.y], q[ql.z], q[ql.w]) * de;
      let gl = base * width + in_g.x;
      v0 += mat4x4f(g[gl.x], g[gl.y], g[gl.z], g[gl.w]) * we;
      if (!both) { continue; }
      let qr = base * depth + in_q.y;
      k1 += mat4x4f(q[qr.x], q[qr.y], q[qr.z], q[qr.w]) * de;
      let gr = base * width + in_g.y;
      v1 += mat4x4f(g[gr.x], g[gr.y], g[gr.z], g[gr.w]) * we;
    }
  }

  for (var i = 0u; i < 4u && first + i < p.keys; i++) {
    let row = head * p.keys + first + i;
    if (left < depth) { dk[row * depth + left] = p.scale * k0[i]; }
    if (left + SIZE < depth) { dk[row * depth + left + SIZE] = p.scale * k1[i]; }
    if (left < width) { dv[row * width + left] = v0[i]; }
    if (left + SIZE < width) { dv[row * width + left + SIZE] = v1[i]; }
  }
}
