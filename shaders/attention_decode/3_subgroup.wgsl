// attention_decode / 3_subgroup: y = sum over s < n of softmax(scale · q·k[s]) v[s]
//
// Attention of one query per head over the first n keys of a cache: the step of generation, where
// all that was seen lies in k and v. n is data, so a longer past is the same pipeline.
//
// Layout    q is [heads, d], k [heads, S, d], v [heads, S, D], y [heads, D], row-major; d and D are
//           multiples of 4. n is one number, S at most counts.
// Threads   a subgroup of SIZE lanes per workgroup, for a head and 8·SIZE columns of v. A lane
//           scores 4 keys of a tile of 4·SIZE and sums 8 columns, in two blocks of 4, 4·SIZE apart.
// Sync      none: maxima by subgroupMax, weights by subgroupShuffle from the lane that has them.
// Compare   2_split shares scores and weights through workgroup memory.

enable subgroups;

struct Params { heads: u32, keys: u32, depth: u32, width: u32, scale: f32 }  // h, S, d, D

override SIZE: u32 = 4u;  // lanes of a subgroup

@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
@group(0) @binding(3) var<storage, read> n: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(5) var<uniform> p: Params;

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

// Rows of 4 keys from one on; beyond the last one that one again.
fn rows(head: u32, key: u32, end: u32) -> vec4u {
  return head * p.keys + min(vec4u(key) + vec4u(0u, 1u, 2u, 3u), vec4u(end - 1u));
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let group = wid.x + wid.y * num.x;
  let slabs = (p.width + 8u * SIZE - 1u) / (8u * SIZE);
  let head = group / slabs;
  if (head >= p.heads) { return; }
  let end = min(n[0], p.keys);
  let depth = p.depth / 4u;
  let width = p.width / 4u;
  let left = group % slabs * 2u * SIZE + lane;  // column of v, in fours
  let cols = min(vec2u(left, left + SIZE), vec2u(width - 1u));
  var m = -3e38;           // largest score so far
  var total = vec4f(0.0);  // this lane's part of the sum of exp(score - m)
  var near = vec4f(0.0);
  var far = vec4f(0.0);
  for (var tile = 0u; tile < end; tile += 4u * SIZE) {
    let ks = rows(head, tile + 4u * lane, end) * depth;
    var s = vec4f(0.0);
    for (var c = 0u; c < depth; c++) {
      let k4 = mat4x4f(k[ks.x + c], k[ks.y + c], k[ks.z + c], k[ks.w + c]);
      s += q[head * depth + c] * k4;
    }
    let keys = tile + 4u * lane + vec4u(0u, 1u, 2u, 3u);
    s = select(vec4f(-3e38), p.scale * s, keys < vec4u(end));
    let top = max(m, subgroupMax(max(max(s.x, s.y), max(s.z, s.w))));
    let shrink = exp_of(vec4f(m - top));
    let w = exp_of(s - top);
    m = top;
    total = total * shrink + w;
    near *= shrink;
    far *= shrink;
    for (var e = 0u; e < min(SIZE, (end - tile + 3u) / 4u); e++) {
      let we = subgroupShuffle(w, e);
      let vs = rows(head, tile + 4u * e, end) * width;
      let l = vs + cols.x;
      near += mat4x4f(v[l.x], v[l.y], v[l.z], v[l.w]) * we;
      let r = vs + cols.y;
      far += mat4x4f(v[r.x], v[r.y], v[r.z], v[r.w]) * we;
    }
  }

  let all = subgroupAdd(total);
  let sum = (all.x + all.z) + (all.y + all.w);
  let by = select(1.0 / sum, 0.0, sum == 0.0);
  if (left < width) { y[head * width + left] = near * by; }
  if (left + SIZE < width) { y[head * width + left + SIZE] = far * by; }
}
