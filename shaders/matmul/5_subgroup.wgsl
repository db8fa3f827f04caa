// matmul / 5_subgroup: c[z] = A[z] · B[z], 16 × 8 of c per lane, four lanes load a for all
//
// Layout    a is [batch, m, k] (TA: stored [batch, k, m]), b is [batch, k, n] (TB: stored [batch,
//           n, k]), c is [batch, m, n], read as vec4f: k and n are multiples of 4, and m too when
//           TA. A step of 0 shares one matrix by all z.
// Threads   one subgroup of SIZE lanes per workgroup: 16 rows, and 8 columns per lane (two blocks
//           of 4, 4 · SIZE apart). What hangs over loads clamped lines and stores nothing.
// Sync      none. Of a 4 × 4 block of a, lane e loads line e and broadcasts it.
// Compare   4_register loads all of a in every thread.

enable subgroups;

struct Params { m: u32, n: u32, k: u32, batch: u32, astep: u32, bstep: u32 }

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4
override TA: u32 = 0u;    // 1: a is stored transposed
override TB: u32 = 0u;    // 1: b is stored transposed

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Offsets, in vec4s, of the four stored lines that hold the 4 × 4 block at (`first`, l = 0).
// `along`: l runs along a line. Rows beyond the matrix repeat its last ones and are not stored.
fn lines(first: u32, count: u32, along: bool) -> vec4u {
  let four = vec4u(0u, 1u, 2u, 3u);
  if (along) { return min(first + four, vec4u(count - 1u)) * (p.k / 4u); }
  return four * (count / 4u) + min(first, count - 4u) / 4u;
}

// Four rows of A by four l, and four l by four columns of B; rows are columns of the mat4x4f.
fn block_a(at: u32) -> mat4x4f {
  let line = a[at];
  let block = mat4x4f(
    subgroupBroadcast(line, 0u),
    subgroupBroadcast(line, 1u),
    subgroupBroadcast(line, 2u),
    subgroupBroadcast(line, 3u));
  if (TA == 1u) { return transpose(block); }
  return block;
}

fn block_b(at: vec4u) -> mat4x4f {
  let block = mat4x4f(b[at.x], b[at.y], b[at.z], b[at.w]);
  if (TB == 1u) { return transpose(block); }
  return block;
}

fn store(rows: mat4x4f, z: u32, row: u32, col: u32) {
  if (col >= p.n) { return; }
  let i = (z * p.m + row) * p.n + col;
  if (row < p.m) { c[i / 4u] = epilogue(rows[0], i); }
  if (row + 1u < p.m) { c[(i + p.n) / 4u] = epilogue(rows[1], i + p.n); }
  if (row + 2u < p.m) { c[(i + 2u * p.n) / 4u] = epilogue(rows[2], i + 2u * p.n); }
  if (row + 3u < p.m) { c[(i + 3u * p.n) / 4u] = epilogue(rows[3], i + 3u * p.n); }
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let across = (p.n + 8u * SIZE - 1u) / (8u * SIZE);
  let down = (p.m + 15u) / 16u;
  let group = wid.x + wid.y * num.x;
  let z = group / (across * down);
  if (z >= p.batch) { return; }
  let row = group / across % down * 16u;
  let col = group % across * 8u * SIZE + lane * 4u;

  let e = lane % 4u;
  var at0 = lines(row, p.m, TA == 0u)[e] + z * p.astep / 4u;
  var at1 = lines(row + 4u, p.m, TA == 0u)[e] + z * p.astep / 4u;
  var at2 = lines(row + 8u, p.m, TA == 0u)[e] + z * p.astep / 4u;
  var at3 = lines(row + 12u, p.m, TA == 0u)[e] + z * p.astep / 4u;
  var left = lines(col, p.n, TB == 1u) + z * p.bstep / 4u;
  var right = lines(col + 4u * SIZE, p.n, TB == 1u) + z * p.bstep / 4u;

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  var c20 = mat4x4f();
  var c21 = mat4x4f();
  var c30 = mat4x4f();
  var c31 = mat4x4f();
  for (var l = 0u; l < p.k; l += 4u) {
    let a0 = block_a(at0);
    let a1 = block_a(at1);
    let a2 = block_a(at2);
    let a3 = block_a(at3);
    let bleft = block_b(left);
    c00 += bleft * a0;  // A · B, transposed as the blocks are
    c10 += bleft * a1;
    c20 += bleft * a2;
    c30 += bleft * a3;
    let bright = block_b(right);
    c01 += bright * a0;
    c11 += bright * a1;
    c21 += bright * a2;
    c31 += bright * a3;
    let anext = select(1u, p.m, TA == 1u);
    let bnext = select(p.n, 1u, TB == 1u);
    at0 += anext;
    at1 += anext;
    at2 += anext;
    at3 += anext;
    left += bnext;
    right += bnext;
  }

  store(c00, z, row, col);
  store(c01, z, row, col + 4u * SIZE);
  store(c10, z, row + 4u, col);
  store(c11, z, row + 4u, col + 4u * SIZE);
  store(c20, z, row + 8u, col);
  store(c21, z, row + 8u, col + 4u * SIZE);
  store(c30, z, row + 12u, col);
  store(c31, z, row + 12u, col + 4u * SIZE);
}
