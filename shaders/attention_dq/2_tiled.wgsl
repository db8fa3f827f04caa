// attention_dq / 2_tiled: dq[t] = scale · sum over s of w[t, s] (g[t]·v[s] - D[t]) k[s]
//
// Of each head; w[t, s] = exp(scale · q[t]·k[s] + bias[t, s] - lse[t]) and D[t] = g[t]·y[t]. Keys
// with a bias of -1e30 or less are not seen. (Dao et al. 2022, 2205.14135, algorithm 4)
//
// Layout    q and dq are [B, h, T, d], k [B, h, S, d], v [B, h, S, D], g [B, h, T, D], stats
//           [B, h, T] with lse and D, row-major; d and D are multiples of 4, bias has strides.
// Threads   8 × 8 for 32 queries and 32 columns of k. Thread (x, y) weighs keys 4x ... 4x + 3 of a
//           tile for queries 4y ... 4y + 3, then sums columns 4x ... 4x + 3 for these queries.
// Sync      a barrier before what was staged is read, and one before it is overwritten.
// Compare   1_naive computes every weight again for each column.

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
@group(0) @binding(4) var<storage, read> g: array<vec4f>;
@group(0) @binding(5) var<storage, read> stats: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> dq: array<vec4f>;
@group(0) @binding(7) var<uniform> p: Params;

var<workgroup> left: array<vec4f, 256>;   // 32 columns of q or g, 32 queries; then slopes
var<workgroup> right: array<vec4f, 256>;  // 32 columns of k or v, 32 keys; then rows of k

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

// Where 4 lines of column c lie in a tile: turned, and spread over the banks of shared memory.
fn place(c: u32, four: u32) -> u32 { return c * 8u + (four ^ (c / 4u)); }

// Four rows of a head's queries or keys, in memory; beyond the last one that one again.
fn rows(head: u32, first: u32, count: u32) -> vec4u {
  return head * count + min(first + vec4u(0u, 1u, 2u, 3u), vec4u(count - 1u));
}

fn stage(x4: mat4x4f, z4: mat4x4f, t: vec3u) {
  let x = transpose(x4);
  let z = transpose(z4);
  workgroupBarrier();
  for (var i = 0u; i < 4u; i++) {
    left[place(4u * t.x + i, t.y)] = x[i];
    right[place(4u * t.x + i, t.y)] = z[i];
  }
  workgroupBarrier();
}

// Products over `count` staged columns: of 4 lines on the left by 4 on the right (columns).
fn products(count: u32, t: vec3u) -> mat4x4f {
  var s = mat4x4f();
  for (var l = 0u; l < count; l++) {
    let x = left[place(l, t.y)];
    let z = right[place(l, t.x)];
    s += mat4x4f(x * z.x, x * z.y, x * z.z, x * z.w);
  }
  return s;
}

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
  let slabs = (p.depth + 31u) / 32u;
  let tiles = (p.queries + 31u) / 32u;
  let head = group / (slabs * tiles);
  let first = group / slabs % tiles * 32u;  // query of the workgroup
  let inside = head < p.batch * p.heads;
  let end = select(0u, select(p.keys, min(p.keys, first + 32u), p.causal == 1u), inside);
  let bias_row = (head / p.heads) * p.bias_b + (head % p.heads) * p.bias_h;
  let depth = p.depth / 4u;
  let width = p.width / 4u;
  let column = group % slabs * 8u + t.x;  // of k, in fours
  let mine = rows(head, first + 4u * t.y, p.queries);
  let lse = vec4f(stats[mine.x].x, stats[mine.y].x, stats[mine.z].x, stats[mine.w].x);
  let delta = vec4f(stats[mine.x].y, stats[mine.y].y, stats[mine.z].y, stats[mine.w].y);
  var a = mat4x4f();  // a[i]: sum of slopes times column i of k, for 4 queries
  for (var tile = 0u; tile < end; tile += 32u) {
    let theirs = rows(head, tile + 4u * t.y, p.keys);
    var s = mat4x4f();  // s[i]: scores of key i for 4 queries
    for (var chunk = 0u; chunk < depth; chunk += 8u) {
      let x = mine * depth + min(chunk + t.x, depth - 1u);
      let z = theirs * depth + min(chunk + t.x, depth - 1u);
      stage(mat4x4f(q[x.x], q[x.y], q[x.z], q[x.w]), mat4x4f(k[z.x], k[z.y], k[z.z], k[z.w]), t);
      s += products(4u * min(8u, depth - chunk), t);
    }
    var r = mat4x4f();  // r[i]: products of g with row i of v
    for (var chunk = 0u; chunk < width; chunk += 8u) {
      let x = mine * width + min(chunk + t.x, width - 1u);
      let z = theirs * width + min(chunk + t.x, width - 1u);
      stage(mat4x4f(g[x.x], g[x.y], g[x.z], g[x.w]), mat4x4f(v[z.x], v[z.y], v[z.z], v[z.w]), t);
      r += products(4u * min(8u, width - chunk), t);
    }
    let ks = theirs * depth + min(column, depth - 1u);
    workgroupBarrier();
    for (var i = 0u; i < 4u; i++) {
      let score = seen(s[i], tile + 4u * t.x + i, first + 4u * t.y, bias_row);
      left[place(4u * t.x + i, t.y)] = exp_of(score - lse) * (r[i] - delta);
      right[place(4u * t.y + i, t.x)] = k[ks[i]];
    }
    workgroupBarrier();
    a += products(32u, t);
  }
  let turn = transpose(a);
  for (var i = 0u; i < 4u; i++) {
    let query = first + 4u * t.y + i;
    if (!inside || query >= p.queries || column >= depth) { return; }
    dq[(head * p.queries + query) * depth + column] = p.scale * turn[i];
  }
}
