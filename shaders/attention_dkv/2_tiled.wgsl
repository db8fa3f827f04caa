// attention_dkv / 2_tiled: dv[s] = sum over t of w[t, s] g[t]
//                         dk[s] = scale · sum over t of w[t, s] (g[t]·v[s] - D[t]) q[t]
//
// Of each head; w[t, s] = exp(scale · q[t]·k[s] + bias[t, s] - lse[t]) and D[t] = g[t]·y[t]. Keys
// with a bias of -1e30 or less are not seen. (Dao et al. 2022, 2205.14135, algorithm 4)
//
// Layout    q is [B, h, T, d], k and dk [B, h, S, d], v and dv [B, h, S, D], g [B, h, T, D], stats
//           [B, h, T] with lse and D, row-major; d and D are multiples of 4, bias has strides.
// Threads   8 × 8 for 32 keys and 32 columns. Thread (x, y) weighs keys 4y ... 4y + 3 for queries
//           4x ... 4x + 3 of a tile, then sums columns 4x ... 4x + 3 for these keys.
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
@group(0) @binding(6) var<storage, read_write> dk: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dv: array<vec4f>;
@group(0) @binding(8) var<uniform> p: Params;

var<workgroup> left: array<vec4f, 256>;   // 32 columns of k or v, 32 keys; then weights or slopes
var<workgroup> right: array<vec4f, 256>;  // 32 columns of q or g, 32 queries; then rows of them

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

// A query's scores for 4 keys, with bias; -3e38 where it does not see them.
fn seen(products: vec4f, key: u32, query: u32, bias_row: u32) -> vec4f {
  let keys = vec4u(key) + vec4u(0u, 1u, 2u, 3u);
  var s = products * p.scale;
  if (p.masked == 1u) {
    let row = bias_row + min(query, p.queries - 1u) * p.bias_t;
    let at = row + min(keys, vec4u(p.keys - 1u)) * p.bias_s;
    let b = vec4f(bias[at.x], bias[at.y], bias[at.z], bias[at.w]);
    s = select(s + b, vec4f(-3e38), b <= vec4f(-1e30));
  }
  return select(s, vec4f(-3e38), vec4<bool>(query >= p.queries) | (keys * p.causal > vec4u(query)));
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) t: vec3u,
) {
  let group = wid.x + wid.y * num.x;
  let slabs = (max(p.depth, p.width) + 31u) / 32u;
  let head = group / slabs / ((p.keys + 31u) / 32u);
  let first = group / slabs % ((p.keys + 31u) / 32u) * 32u;  // key of the workgroup
  let end = select(0u, p.queries, head < p.batch * p.heads);
  let bias_row = (head / p.heads) * p.bias_b + (head % p.heads) * p.bias_h;
  let depth = p.depth / 4u;
  let width = p.width / 4u;
  let column = group % slabs * 8u + t.x;  // of q and g, in fours
  let mine = rows(head, first + 4u * t.y, p.keys);
  var dks = mat4x4f();  // column i: that of dk, for 4 keys
  var dvs = mat4x4f();
  for (var tile = first * p.causal; tile < end; tile += 32u) {
    let theirs = rows(head, tile + 4u * t.y, p.queries);
    var s = mat4x4f();  // s[i]: scores of query i for 4 keys
    for (var chunk = 0u; chunk < depth; chunk += 8u) {
      let x = mine * depth + min(chunk + t.x, depth - 1u);
      let z = theirs * depth + min(chunk + t.x, depth - 1u);
      stage(mat4x4f(k[x.x], k[x.y], k[x.z], k[x.w]), mat4x4f(q[z.x], q[z.y], q[z.z], q[z.w]), t);
      s += products(4u * min(8u, depth - chunk), t);
    }
    var r = mat4x4f();  // r[i]: products of row i of g with v
    for (var chunk = 0u; chunk < width; chunk += 8u) {
      let x = mine * width + min(chunk + t.x, width - 1u);
      let z = theirs * width + min(chunk + t.x, width - 1u);
      stage(mat4x4f(v[x.x], v[x.y], v[x.z], v[x.w]), mat4x4f(g[z.x], g[z.y], g[z.z], g[z.w]), t);
      r += products(4u * min(8u, width - chunk), t);
    }
    let qs = theirs * depth + min(column, depth - 1u);
    let gs = theirs * width + min(column, width - 1u);
    let columns = rows(head, tile + 4u * t.x, p.queries);  // the queries that s and r are for
    workgroupBarrier();
    for (var i = 0u; i < 4u; i++) {
      let stat = stats[columns[i]];
      s[i] = exp_of(seen(s[i], first + 4u * t.y, tile + 4u * t.x + i, bias_row) - stat.x);
      r[i] = s[i] * (r[i] - stat.y);
      left[place(4u * t.x + i, t.y)] = s[i];
      right[place(4u * t.y + i, t.x)] = g[gs[i]];
    }
    workgroupBarrier();
    dvs += products(32u, t);
    workgroupBarrier();
    for (var i = 0u; i < 4u; i++) {
      left[place(4u * t.x + i, t.y)] = r[i];
      right[place(4u * t.y + i, t.x)] = q[qs[i]];
    }
    workgroupBarrier();
    dks += products(32u, t);
  }
  dks = transpose(dks);
  dvs = transpose(dvs);
  for (var i = 0u; i < 4u; i++) {
    let key = head * p.keys + first + 4u * t.y + i;
    if (end == 0u || first + 4u * t.y + i >= p.keys) { return; }
    if (column < depth) { dk[key * depth + column] = p.scale * dks[i]; }
    if (column < width) { dv[key * width + column] = dvs[i]; }
  }
}
