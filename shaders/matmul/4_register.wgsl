// matmul / 4_register: c[z] = A[z] · B[z], an 8 × 8 tile of c per thread, straight from storage
//
// Layout    a is [batch, m, k] (TA: stored [batch, k, m]), b is [batch, k, n] (TB: stored [batch,
//           n, k]), c is [batch, parts, m, n]; part q sums `part` terms from q · part on. All are
//           read as vec4f: k, n and part are multiples of 4, and m too when TA. A step of 0
//           shares one matrix by all of the batch.
// Threads   64 per workgroup, one 8 × 8 tile of c each (four 4 × 4 blocks), along the rows of
//           tiles. What hangs over loads clamped lines and stores nothing.
// Sync      none: every loaded float serves eight products.
// Compare   3_blocked stages the same tile in shared memory; 5_subgroup shares the loads of a.

struct Params {
  m: u32, n: u32, k: u32, batch: u32, astep: u32, bstep: u32, parts: u32, part: u32
}

override TA: u32 = 0u;  // 1: a is stored transposed
override TB: u32 = 0u;  // 1: b is stored transposed

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> a: array<vec4<real>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<real>>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4<real>>;
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
fn block_a(at: vec4u) -> mat4x4f {
  let block = mat4x4f(vec4f(a[at.x]), vec4f(a[at.y]), vec4f(a[at.z]), vec4f(a[at.w]));
  if (TA == 1u) { return transpose(block); }
  return block;
}

fn block_b(at: vec4u) -> mat4x4f {
  let block = mat4x4f(vec4f(b[at.x]), vec4f(b[at.y]), vec4f(b[at.z]), vec4f(b[at.w]));
  if (TB == 1u) { return transpose(block); }
  return block;
}

fn store(rows: mat4x4f, z: u32, row: u32, col: u32) {
  if (col >= p.n) { return; }
  let i = (z * p.m + row) * p.n + col;
  if (row < p.m) { c[i / 4u] = vec4<real>(epilogue(rows[0], i)); }
  if (row + 1u < p.m) { c[(i + p.n) / 4u] = vec4<real>(epilogue(rows[1], i + p.n)); }
  if (row + 2u < p.m) { c[(i + 2u * p.n) / 4u] = vec4<real>(epilogue(rows[2], i + 2u * p.n)); }
  if (row + 3u < p.m) { c[(i + 3u * p.n) / 4u] = vec4<real>(epilogue(rows[3], i + 3u * p.n)); }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.n + 7u) / 8u;
  let down = (p.m + 7u) / 8u;
  let tile = (wid.x + wid.y * num.x) * 64u + t;
  if (tile >= p.batch * p.parts * down * across) { return; }
  let col = tile % across * 8u;
  let row = tile / across % down * 8u;
  let z = tile / (across * down);

  let first = z % p.parts * p.part;
  let last = min(first + p.part, p.k);
  let anext = select(1u, p.m, TA == 1u);  // vec4s from four l to the next four
  let bnext = select(p.n, 1u, TB == 1u);
  let abase = z / p.parts * p.astep / 4u + first / 4u * anext;
  let bbase = z / p.parts * p.bstep / 4u + first / 4u * bnext;
  var top = lines(row, p.m, TA == 0u) + abase;
  var low = lines(row + 4u, p.m, TA == 0u) + abase;
  var left = lines(col, p.n, TB == 1u) + bbase;
  var right = lines(col + 4u, p.n, TB == 1u) + bbase;

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var l = first; l < last; l += 4u) {
    let atop = block_a(top);
    let alow = block_a(low);
    let bleft = block_b(left);
    c00 += bleft * atop;  // A · B, transposed as the blocks are
    c10 += bleft * alow;
    let bright = block_b(right);
    c01 += bright * atop;
    c11 += bright * alow;
    top += anext;
    low += anext;
    left += bnext;
    right += bnext;
  }

  store(c00, z, row, col);
  store(c01, z, row, col + 4u);
  store(c10, z, row + 4u, col);
  store(c11, z, row + 4u, col + 4u);
}
