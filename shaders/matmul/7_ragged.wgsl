// matmul / 7_ragged: c[z] = A[z] · B[z], an 8 × 8 tile of c per thread, any sizes
//
// Layout    a is [batch, m, k] (TA: stored [batch, k, m]), b is [batch, k, n] (TB: stored
//           [batch, n, k]), c is [batch, m, n], row-major. A step of 0 shares one matrix by all z.
// Threads   8 × 8 per workgroup. A thread owns rows lid.y, lid.y + 8, ... and columns lid.x,
//           lid.x + 8, ... of a 64 × 64 tile, so that neighbours touch neighbouring floats.
// Sync      none: every loaded float serves eight products.
// Compare   4_register loads vec4s, which needs sizes that are multiples of 4.

struct Params { m: u32, n: u32, k: u32, batch: u32, astep: u32, bstep: u32 }

override TA: u32 = 0u;  // 1: a is stored transposed
override TB: u32 = 0u;  // 1: b is stored transposed

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

fn four_of_a(at: vec4u) -> vec4f { return vec4f(a[at.x], a[at.y], a[at.z], a[at.w]); }
fn four_of_b(at: vec4u) -> vec4f { return vec4f(b[at.x], b[at.y], b[at.z], b[at.w]); }

fn outer(x: vec4f, y: vec4f) -> mat4x4f { return mat4x4f(y * x.x, y * x.y, y * x.z, y * x.w); }

fn store4(v: vec4f, i: u32, col: u32) {
  if (col < p.n) { c[i] = epilogue(v.x, i); }
  if (col + 8u < p.n) { c[i + 8u] = epilogue(v.y, i + 8u); }
  if (col + 16u < p.n) { c[i + 16u] = epilogue(v.z, i + 16u); }
  if (col + 24u < p.n) { c[i + 24u] = epilogue(v.w, i + 24u); }
}

fn store(rows: mat4x4f, z: u32, row: u32, col: u32) {
  let i = (z * p.m + row) * p.n + col;
  if (row < p.m) { store4(rows[0], i, col); }
  if (row + 8u < p.m) { store4(rows[1], i + 8u * p.n, col); }
  if (row + 16u < p.m) { store4(rows[2], i + 16u * p.n, col); }
  if (row + 24u < p.m) { store4(rows[3], i + 24u * p.n, col); }
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let across = (p.n + 63u) / 64u;
  let down = (p.m + 63u) / 64u;
  let group = wid.x + wid.y * num.x;
  let z = group / (across * down);
  let row = group / across % down * 64u + lid.y;
  let col = group % across * 64u + lid.x;
  if ((z >= p.batch) | (row >= p.m) | (col >= p.n)) { return; }

  // Offsets of the rows and columns at l = 0. Those beyond the matrix repeat its last ones.
  let every = vec4u(0u, 8u, 16u, 24u);
  let rowstep = select(p.k, 1u, TA == 1u);
  let colstep = select(1u, p.k, TB == 1u);
  var top = min(row + every, vec4u(p.m - 1u)) * rowstep + z * p.astep;
  var low = min(row + 32u + every, vec4u(p.m - 1u)) * rowstep + z * p.astep;
  var left = min(col + every, vec4u(p.n - 1u)) * colstep + z * p.bstep;
  var right = min(col + 32u + every, vec4u(p.n - 1u)) * colstep + z * p.bstep;

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var l = 0u; l < p.k; l++) {
    let atop = four_of_a(top);
    let alow = four_of_a(low);
    let bleft = four_of_b(left);
    let bright = four_of_b(right);
    c00 += outer(atop, bleft);
    c01 += outer(atop, bright);
    c10 += outer(alow, bleft);
    c11 += outer(alow, bright);
    let anext = select(1u, p.m, TA == 1u);
    let bnext = select(p.n, 1u, TB == 1u);
    top += anext;
    low += anext;
    left += bnext;
    right += bnext;
  }

  store(c00, z, row, col);
  store(c01, z, row, col + 32u);
  store(c10, z, row + 32u, col);
  store(c11, z, row + 32u, col + 32u);
}
