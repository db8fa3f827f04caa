// matmul / 11_broadcast: c[z] = A[z] · B[z], 8 × 8 of c per lane, four lanes load a for each other
//
// Layout    a is [batch, m, k], b is [batch, k, n], c is [batch, parts, m, n]; part q sums `part`
//           terms from q · part on. m is a multiple of 8, n and k of 4, part of 4. A step of 0
//           shares one matrix by all of the batch. Neither operand may be stored transposed.
// Threads   one subgroup of 4 lanes per workgroup: 8 rows, and 8 columns per lane. What hangs over
//           loads clamped columns and stores nothing.
// Sync      none. For four terms lane e loads a at term e, one number per row; each is broadcast.
// Compare   5_subgroup loads four numbers of a at once and swaps them, for twice as many rows.

enable subgroups;

struct Params {
  m: u32, n: u32, k: u32, batch: u32, astep: u32, bstep: u32, parts: u32, part: u32
}

override TA: u32 = 0u;  // 0: no other form is computed
override TB: u32 = 0u;

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> a: array<real>;
@group(0) @binding(1) var<storage, read> b: array<vec4<real>>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4<real>>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Two vec4s of b.
fn pair(at: vec2u) -> mat2x4f { return mat2x4f(vec4f(b[at.x]), vec4f(b[at.y])); }

fn store(sums: mat2x4f, at: u32, live: vec2<bool>) {
  if (live.x) { c[at / 4u] = vec4<real>(epilogue(sums[0], at)); }
  if (live.y) { c[at / 4u + 1u] = vec4<real>(epilogue(sums[1], at + 4u)); }
}

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let across = (p.n + 31u) / 32u;
  let down = p.m / 8u;
  let group = wid.x + wid.y * num.x;
  let z = group / (across * down);
  if (z >= p.batch * p.parts) { return; }
  let row = group / across % down * 8u;
  let col = (group % across * 4u + lane) * 8u;
  let first = z % p.parts * p.part;
  let last = min(first + p.part, p.k);

  let n = p.n / 4u;
  let four = vec4u(0u, 1u, 2u, 3u);
  let abase = z / p.parts * p.astep + first + lane;
  var upper = abase + (row + four) * p.k;
  var lower = upper + 4u * p.k;
  let columns = min(vec2u(col / 4u) + vec2u(0u, 1u), vec2u(n - 1u));
  var at = z / p.parts * p.bstep / 4u + first * n + columns;

  var c0 = mat2x4f();
  var c1 = mat2x4f();
  var c2 = mat2x4f();
  var c3 = mat2x4f();
  var c4 = mat2x4f();
  var c5 = mat2x4f();
  var c6 = mat2x4f();
  var c7 = mat2x4f();
  for (var l = first; l < last; l += 4u) {
    let a0 = f32(a[upper.x]);
    let a1 = f32(a[upper.y]);
    let a2 = f32(a[upper.z]);
    let a3 = f32(a[upper.w]);
    let a4 = f32(a[lower.x]);
    let a5 = f32(a[lower.y]);
    let a6 = f32(a[lower.z]);
    let a7 = f32(a[lower.w]);
    let b0 = pair(at);
    c0 += b0 * subgroupBroadcast(a0, 0u);
    c1 += b0 * subgroupBroadcast(a1, 0u);
    c2 += b0 * subgroupBroadcast(a2, 0u);
    c3 += b0 * subgroupBroadcast(a3, 0u);
    c4 += b0 * subgroupBroadcast(a4, 0u);
    c5 += b0 * subgroupBroadcast(a5, 0u);
    c6 += b0 * subgroupBroadcast(a6, 0u);
    c7 += b0 * subgroupBroadcast(a7, 0u);
    let b1 = pair(at + n);
    c0 += b1 * subgroupBroadcast(a0, 1u);
    c1 += b1 * subgroupBroadcast(a1, 1u);
    c2 += b1 * subgroupBroadcast(a2, 1u);
    c3 += b1 * subgroupBroadcast(a3, 1u);
    c4 += b1 * subgroupBroadcast(a4, 1u);
    c5 += b1 * subgroupBroadcast(a5, 1u);
    c6 += b1 * subgroupBroadcast(a6, 1u);
    c7 += b1 * subgroupBroadcast(a7, 1u);
    let b2 = pair(at + 2u * n);
    c0 += b2 * subgroupBroadcast(a0, 2u);
    c1 += b2 * subgroupBroadcast(a1, 2u);
    c2 += b2 * subgroupBroadcast(a2, 2u);
    c3 += b2 * subgroupBroadcast(a3, 2u);
    c4 += b2 * subgroupBroadcast(a4, 2u);
    c5 += b2 * subgroupBroadcast(a5, 2u);
    c6 += b2 * subgroupBroadcast(a6, 2u);
    c7 += b2 * subgroupBroadcast(a7, 2u);
    let b3 = pair(at + 3u * n);
    c0 += b3 * subgroupBroadcast(a0, 3u);
    c1 += b3 * subgroupBroadcast(a1, 3u);
    c2 += b3 * subgroupBroadcast(a2, 3u);
    c3 += b3 * subgroupBroadcast(a3, 3u);
    c4 += b3 * subgroupBroadcast(a4, 3u);
    c5 += b3 * subgroupBroadcast(a5, 3u);
    c6 += b3 * subgroupBroadcast(a6, 3u);
    c7 += b3 * subgroupBroadcast(a7, 3u);
    upper += 4u;
    lower += 4u;
    at += 4u * n;
  }

  let live = vec2u(col, col + 4u) < vec2u(p.n);
  let to = (z * p.m + row) * p.n + col;
  store(c0, to, live);
  store(c1, to + p.n, live);
  store(c2, to + 2u * p.n, live);
  store(c3, to + 3u * p.n, live);
  store(c4, to + 4u * p.n, live);
  store(c5, to + 5u * p.n, live);
  store(c6, to + 6u * p.n, live);
  store(c7, to + 7u * p.n, live);
}
