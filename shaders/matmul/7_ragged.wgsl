// matmul / 7_ragged: c[z] = A[z] · B[z], an 8 × 8 tile of c per thread, any sizes
//
// Layout    a is [batch, m, k] (TA: stored [batch, k, m]), b is [batch, k, n] (TB: stored [batch,
//           n, k]), c is [batch, parts, m, n], row-major; part q sums `part` terms from q · part
//           on. A step of 0 shares one matrix by all of the batch.
// Threads   WIDTH per workgroup, one 8 × 8 tile each, along the rows of tiles. What hangs over
//           loads clamped lines and stores nothing.
// Sync      none: every loaded float serves eight products.
// Compare   4_register loads vec4s, which needs sizes that are multiples of 4.

struct Params {
  m: u32, n: u32, k: u32, batch: u32, astep: u32, bstep: u32, parts: u32, part: u32
}

override WIDTH: u32 = 32u;  // threads per workgroup
override TA: u32 = 0u;      // 1: a is stored transposed
override TB: u32 = 0u;      // 1: b is stored transposed

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> a: array<real>;
@group(0) @binding(1) var<storage, read> b: array<real>;
@group(0) @binding(2) var<storage, read_write> c: array<real>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

fn four_of_a(at: vec4u) -> vec4f { return vec4f(vec4<real>(a[at.x], a[at.y], a[at.z], a[at.w])); }
fn four_of_b(at: vec4u) -> vec4f { return vec4f(vec4<real>(b[at.x], b[at.y], b[at.z], b[at.w])); }

// All products of four rows and four columns; rows are columns of the mat4x4f.
fn outer(x: vec4f, y: vec4f) -> mat4x4f { return mat4x4f(y * x.x, y * x.y, y * x.z, y * x.w); }

fn store_row(v: vec4f, z: u32, row: u32, col: u32) {
  if (row >= p.m) { return; }
  let i = (z * p.m + row) * p.n + col;
  if (col < p.n) { c[i] = real(epilogue(v.x, i)); }
  if (col + 1u < p.n) { c[i + 1u] = real(epilogue(v.y, i + 1u)); }
  if (col + 2u < p.n) { c[i + 2u] = real(epilogue(v.z, i + 2u)); }
  if (col + 3u < p.n) { c[i + 3u] = real(epilogue(v.w, i + 3u)); }
}

fn store(rows: mat4x4f, z: u32, row: u32, col: u32) {
  store_row(rows[0], z, row, col);
  store_row(rows[1], z, row + 1u, col);
  store_row(rows[2], z, row + 2u, col);
  store_row(rows[3], z, row + 3u, col);
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.n + 7u) / 8u;
  let down = (p.m + 7u) / 8u;
  let tile = (wid.x + wid.y * num.x) * WIDTH + t;
  if (tile >= p.batch * p.parts * down * across) { return; }
  let col = tile % across * 8u;
  let row = tile / across % down * 8u;
  let z = tile / (across * down);

  // Offsets of the rows and columns at l = first. Those beyond the matrix repeat its last ones.
  let first = z % p.parts * p.part;
  let last = min(first + p.part, p.k);
  let anext = select(1u, p.m, TA == 1u);
  let bnext = select(p.n, 1u, TB == 1u);
  let abase = z / p.parts * p.astep + first * anext;
  let bbase = z / p.parts * p.bstep + first * bnext;
  let four = vec4u(0u, 1u, 2u, 3u);
  let rowstep = select(p.k, 1u, TA == 1u);
  let colstep = select(1u, p.k, TB == 1u);
  var top = min(row + four, vec4u(p.m - 1u)) * rowstep + abase;
  var low = min(row + 4u + four, vec4u(p.m - 1u)) * rowstep + abase;
  var left = min(col + four, vec4u(p.n - 1u)) * colstep + bbase;
  var right = min(col + 4u + four, vec4u(p.n - 1u)) * colstep + bbase;

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var l = first; l < last; l++) {
    let atop = four_of_a(top);
    let alow = four_of_a(low);
    let bleft = four_of_b(left);
    let bright = four_of_b(right);
    c00 += outer(atop, bleft);
    c01 += outer(atop, bright);
    c10 += outer(alow, bleft);
    c11 += outer(alow, bright);
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
