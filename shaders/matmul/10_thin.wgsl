// matmul / 10_thin: c[z] = A[z] · B[z], a 4 × 4 block of c per thread, any m and k
//
// Layout    a is [batch, m, k] (TA: stored [batch, k, m]), b is [batch, k, n] (TB: stored [batch,
//           n, k]), c is [batch, parts, m, n], stored as vec4f: n is a multiple of 4. Part q sums
//           `part` terms from q · part on. A step of 0 shares one matrix by all of the batch.
// Threads   WIDTH per workgroup, one 4 × 4 block each, along the rows of blocks.
// Sync      none.
// Compare   6_small loads vec4s, so k must be a multiple of 4 too; 7_ragged takes any n. Made for
//           a few coordinates to or from a wide layer, where the stores cost more than the sums.

struct Params {
  m: u32, n: u32, k: u32, batch: u32, astep: u32, bstep: u32, parts: u32, part: u32
}

override WIDTH: u32 = 64u;  // threads per workgroup
override TA: u32 = 0u;      // 1: a is stored transposed
override TB: u32 = 0u;      // 1: b is stored transposed

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> a: array<real>;
@group(0) @binding(1) var<storage, read> b: array<real>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4<real>>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = p.n / 4u;
  let down = (p.m + 3u) / 4u;
  let block = (wid.x + wid.y * num.x) * WIDTH + t;
  if (block >= p.batch * p.parts * down * across) { return; }
  let col = block % across * 4u;
  let row = block / across % down * 4u;
  let z = block / (across * down);
  let first = z % p.parts * p.part;
  let last = min(first + p.part, p.k);

  // Offsets of four rows and four columns. Rows beyond the matrix repeat its last one.
  let four = vec4u(0u, 1u, 2u, 3u);
  let anext = select(1u, p.m, TA == 1u);
  let bnext = select(p.n, 1u, TB == 1u);
  var at = min(row + four, vec4u(p.m - 1u)) * select(p.k, 1u, TA == 1u)
    + (z / p.parts * p.astep + first * anext);
  var bt = (col + four) * select(1u, p.k, TB == 1u) + (z / p.parts * p.bstep + first * bnext);

  var row0 = vec4f();
  var row1 = vec4f();
  var row2 = vec4f();
  var row3 = vec4f();
  for (var l = first; l < last; l++) {
    let y = vec4f(vec4<real>(b[bt.x], b[bt.y], b[bt.z], b[bt.w]));
    row0 += f32(a[at.x]) * y;
    row1 += f32(a[at.y]) * y;
    row2 += f32(a[at.z]) * y;
    row3 += f32(a[at.w]) * y;
    at += anext;
    bt += bnext;
  }

  let i = (z * p.m + row) * p.n + col;
  c[i / 4u] = vec4<real>(epilogue(row0, i));
  if (row + 1u < p.m) { c[(i + p.n) / 4u] = vec4<real>(epilogue(row1, i + p.n)); }
  if (row + 2u < p.m) { c[(i + 2u * p.n) / 4u] = vec4<real>(epilogue(row2, i + 2u * p.n)); }
  if (row + 3u < p.m) { c[(i + 3u * p.n) / 4u] = vec4<real>(epilogue(row3, i + 3u * p.n)); }
}
