// matmul / 3_blocked: c[z] = A[z] · B[z], 64 × 64 tiles in shared memory, 8 × 8 of them per thread
//
// Layout    a is [batch, m, k] (TA: stored [batch, k, m]), b is [batch, k, n] (TB: stored [batch,
//           n, k]), c is [batch, parts, m, n]; part q sums `part` terms from q · part on. All are
//           read as vec4f: k, n and part are multiples of 4, and m too when TA. A step of 0
//           shares one matrix by all of the batch.
// Threads   8 × 8 per workgroup, which owns a 64 × 64 tile of c. A thread owns four 4 × 4 blocks,
//           32 apart, and stages one 4 × 4 block of each operand.
// Sync      the workgroup walks along k in slabs of 16. A barrier before the products (the slab is
//           complete) and one after (nobody still reads it).
// Compare   2_tiled has one element per thread; 4_register has the same tile without sharing.

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

// 17 vec4s per line, so that blocks that are stored together lie in different banks.
var<workgroup> slaba: array<vec4f, 272>;  // [l, row / 4]: 16 lines of 64 floats and a gap
var<workgroup> slabb: array<vec4f, 272>;  // [l, col / 4]

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Offsets, in vec4s, of the four stored lines that hold the 4 × 4 block at (`first`, l = `slab`).
// `along`: l runs along a line. Rows beyond the matrix repeat its last ones and are not stored.
fn lines(first: u32, slab: u32, count: u32, along: bool) -> vec4u {
  let four = vec4u(0u, 1u, 2u, 3u);
  if (along) { return min(first + four, vec4u(count - 1u)) * (p.k / 4u) + slab / 4u; }
  return (slab + four) * (count / 4u) + min(first, count - 4u) / 4u;
}

// A block whose columns are l, l+1, l+2, l+3. From `last` on it is zero, and adds nothing.
fn block_a(base: u32, row: u32, l: u32, last: u32) -> mat4x4f {
  if (l >= last) { return mat4x4f(); }
  let at = base / 4u + lines(row, l, p.m, TA == 0u);
  let block = mat4x4f(vec4f(a[at.x]), vec4f(a[at.y]), vec4f(a[at.z]), vec4f(a[at.w]));
  if (TA == 1u) { return block; }
  return transpose(block);
}

fn block_b(base: u32, col: u32, l: u32, last: u32) -> mat4x4f {
  if (l >= last) { return mat4x4f(); }
  let at = base / 4u + lines(col, l, p.n, TB == 1u);
  let block = mat4x4f(vec4f(b[at.x]), vec4f(b[at.y]), vec4f(b[at.z]), vec4f(b[at.w]));
  if (TB == 0u) { return block; }
  return transpose(block);
}

fn store(rows: mat4x4f, z: u32, row: u32, col: u32) {
  if (col >= p.n) { return; }
  let i = (z * p.m + row) * p.n + col;
  if (row < p.m) { c[i / 4u] = vec4<real>(epilogue(rows[0], i)); }
  if (row + 1u < p.m) { c[(i + p.n) / 4u] = vec4<real>(epilogue(rows[1], i + p.n)); }
  if (row + 2u < p.m) { c[(i + 2u * p.n) / 4u] = vec4<real>(epilogue(rows[2], i + 2u * p.n)); }
  if (row + 3u < p.m) { c[(i + 3u * p.n) / 4u] = vec4<real>(epilogue(rows[3], i + 3u * p.n)); }
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.n + 63u) / 64u;
  let down = (p.m + 63u) / 64u;
  let group = wid.x + wid.y * num.x;
  let z = group / (across * down);
  if (z >= p.batch * p.parts) { return; }
  let row = group / across % down * 64u;
  let col = group % across * 64u;
  let first = z % p.parts * p.part;
  let last = min(first + p.part, p.k);
  let abase = z / p.parts * p.astep;
  let bbase = z / p.parts * p.bstep;

  // Which block a thread stages: along the stored lines, so that neighbours read neighbours.
  let ablock = select(vec2u(t / 4u, t % 4u), vec2u(t % 16u, t / 16u), TA == 1u);  // (row, l) / 4
  let bblock = select(vec2u(t % 16u, t / 16u), vec2u(t / 4u, t % 4u), TB == 1u);  // (col, l) / 4

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var slab = first; slab < last; slab += 16u) {
    let nexta = block_a(abase, row + ablock.x * 4u, slab + ablock.y * 4u, last);
    let nextb = block_b(bbase, col + bblock.x * 4u, slab + bblock.y * 4u, last);
    let ya = ablock.y * 68u + ablock.x;
    let yb = bblock.y * 68u + bblock.x;
    slaba[ya] = nexta[0];
    slaba[ya + 17u] = nexta[1];
    slaba[ya + 34u] = nexta[2];
    slaba[ya + 51u] = nexta[3];
    slabb[yb] = nextb[0];
    slabb[yb + 17u] = nextb[1];
    slabb[yb + 34u] = nextb[2];
    slabb[yb + 51u] = nextb[3];
    workgroupBarrier();

    // Blocks hold rows as columns of a matrix, so A · B reads B * A.
    for (var l = 0u; l < 272u; l += 68u) {
      let y = l + lid.y;
      let x = l + lid.x;
      let top = transpose(mat4x4f(slaba[y], slaba[y + 17u], slaba[y + 34u], slaba[y + 51u]));
      let low = transpose(
        mat4x4f(slaba[y + 8u], slaba[y + 25u], slaba[y + 42u], slaba[y + 59u]));
      let left = mat4x4f(slabb[x], slabb[x + 17u], slabb[x + 34u], slabb[x + 51u]);
      let right = mat4x4f(slabb[x + 8u], slabb[x + 25u], slabb[x + 42u], slabb[x + 59u]);
      c00 += left * top;
      c01 += right * top;
      c10 += left * low;
      c11 += right * low;
    }
    workgroupBarrier();
  }

  store(c00, z, row + lid.y * 4u, col + lid.x * 4u);
  store(c01, z, row + lid.y * 4u, col + lid.x * 4u + 32u);
  store(c10, z, row + lid.y * 4u + 32u, col + lid.x * 4u);
  store(c11, z, row + lid.y * 4u + 32u, col + lid.x * 4u + 32u);
}
