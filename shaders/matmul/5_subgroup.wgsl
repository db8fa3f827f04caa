// matmul / 5_subgroup: c[z] = A[z] · B[z], 16 × 8 of c per lane, four lanes load a for all
//
// Layout    a is [batch, m, k] (TA: stored [batch, k, m]), b is [batch, k, n] (TB: stored [batch,
//           n, k]), c is [batch, parts, m, n]; part q sums `part` terms from q · part on. All are
//           read as vec4f: k, n and part are multiples of 4, and m too when TA. A step of 0
//           shares one matrix by all of the batch.
// Threads   one subgroup of SIZE lanes per workgroup: 16 rows, and 8 columns per lane (two blocks
//           of 4, 4 · SIZE apart). What hangs over loads clamped lines and stores nothing.
// Sync      none. Of a 4 × 4 block of a, lane e of four loads line e and swaps: it then holds
//           lines e, e^1, e^2, e^3. Lines are rows, so it stores its rows in that order; when TA
//           they are l, so it reads b in that order. A swap costs less than a broadcast.
// Compare   4_register loads all of a in every thread.

enable subgroups;

struct Params {
  m: u32, n: u32, k: u32, batch: u32, astep: u32, bstep: u32, parts: u32, part: u32
}

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4
override TA: u32 = 0u;    // 1: a is stored transposed
override TB: u32 = 0u;    // 1: b is stored transposed

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> a: array<vec4<real>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<real>>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4<real>>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Offsets, in vec4s, of four stored lines of the 4 × 4 block at (`first`, l = 0), in `order`.
// `along`: l runs along a line. Rows beyond the matrix repeat its last ones and are not stored.
fn lines(first: u32, count: u32, along: bool, order: vec4u) -> vec4u {
  if (along) { return min(first + order, vec4u(count - 1u)) * (p.k / 4u); }
  return order * (count / 4u) + min(first, count - 4u) / 4u;
}

// Four rows of A by four l, and four l by four columns of B; rows are columns of the mat4x4f.
fn block_a(at: u32) -> mat4x4f {
  let line = vec4f(a[at]);
  let block = mat4x4f(line, quadSwapX(line), quadSwapY(line), quadSwapDiagonal(line));
  if (TA == 1u) { return transpose(block); }
  return block;
}

fn block_b(at: vec4u, e: u32) -> mat4x4f {
  let block = mat4x4f(vec4f(b[at.x]), vec4f(b[at.y]), vec4f(b[at.z]), vec4f(b[at.w]));
  if (TB == 0u) { return block; }
  let rows = transpose(block);
  if (TA == 0u) { return rows; }
  return mat4x4f(rows[e], rows[e ^ 1u], rows[e ^ 2u], rows[e ^ 3u]);
}

fn store(rows: mat4x4f, z: u32, row: vec4u, col: u32) {
  if (col >= p.n) { return; }
  let i = (z * p.m + row) * p.n + col;
  if (row.x < p.m) { c[i.x / 4u] = vec4<real>(epilogue(rows[0], i.x)); }
  if (row.y < p.m) { c[i.y / 4u] = vec4<real>(epilogue(rows[1], i.y)); }
  if (row.z < p.m) { c[i.z / 4u] = vec4<real>(epilogue(rows[2], i.z)); }
  if (row.w < p.m) { c[i.w / 4u] = vec4<real>(epilogue(rows[3], i.w)); }
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
  if (z >= p.batch * p.parts) { return; }
  let row = group / across % down * 16u;
  let col = group % across * 8u * SIZE + lane * 4u;
  let first = z % p.parts * p.part;
  let last = min(first + p.part, p.k);

  let e = lane % 4u;
  let four = vec4u(0u, 1u, 2u, 3u);
  let turned = four ^ vec4u(e);
  let order = select(four, turned, TA == 1u);  // of l
  let anext = select(1u, p.m, TA == 1u);       // vec4s from four l to the next four
  let bnext = select(p.n, 1u, TB == 1u);
  let abase = z / p.parts * p.astep / 4u + first / 4u * anext;
  let bbase = z / p.parts * p.bstep / 4u + first / 4u * bnext;
  var at = vec4u(
    lines(row, p.m, TA == 0u, four)[e],
    lines(row + 4u, p.m, TA == 0u, four)[e],
    lines(row + 8u, p.m, TA == 0u, four)[e],
    lines(row + 12u, p.m, TA == 0u, four)[e]) + abase;
  let corder = select(order, four, TB == 1u);
  var left = lines(col, p.n, TB == 1u, corder) + bbase;
  var right = lines(col + 4u * SIZE, p.n, TB == 1u, corder) + bbase;

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  var c20 = mat4x4f();
  var c21 = mat4x4f();
  var c30 = mat4x4f();
  var c31 = mat4x4f();
  for (var l = first; l < last; l += 4u) {
    let a0 = block_a(at.x);
    let a1 = block_a(at.y);
    let a2 = block_a(at.z);
    let a3 = block_a(at.w);
    let bleft = block_b(left, e);
    c00 += bleft * a0;  // A · B, transposed as the blocks are
    c10 += bleft * a1;
    c20 += bleft * a2;
    c30 += bleft * a3;
    let bright = block_b(right, e);
    c01 += bright * a0;
    c11 += bright * a1;
    c21 += bright * a2;
    c31 += bright * a3;
    at += anext;
    left += bnext;
    right += bnext;
  }

  let rows = row + select(turned, four, TA == 1u);
  store(c00, z, rows, col);
  store(c01, z, rows, col + 4u * SIZE);
  store(c10, z, rows + 4u, col);
  store(c11, z, rows + 4u, col + 4u * SIZE);
  store(c20, z, rows + 8u, col);
  store(c21, z, rows + 8u, col + 4u * SIZE);
  store(c30, z, rows + 12u, col);
  store(c31, z, rows + 12u, col + 4u * SIZE);
}
