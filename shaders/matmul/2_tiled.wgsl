// matmul / 2_tiled: c[z, i, j] = sum over l of A[z, i, l] · B[z, l, j], by shared 16 × 16 tiles
//
// Layout    a is [batch, m, k] (TA: stored [batch, k, m]), b is [batch, k, n] (TB: stored [batch,
//           n, k]), c is [batch, parts, m, n], row-major; part q sums `part` terms from q · part
//           on. A step of 0 shares one matrix by all of the batch.
// Threads   16 × 16 per workgroup, which owns a 16 × 16 tile of c; one element each.
// Sync      the workgroup walks along k in tiles of 16. A barrier before the products (the tile is
//           complete) and one after (nobody still reads it).
// Compare   1_naive loads each float 16 times as often; 3_blocked also reuses it in registers.

struct Params {
  m: u32, n: u32, k: u32, batch: u32, astep: u32, bstep: u32, parts: u32, part: u32
}

override TA: u32 = 0u;  // 1: a is stored transposed
override TB: u32 = 0u;  // 1: b is stored transposed

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> a: array<real>;
@group(0) @binding(1) var<storage, read> b: array<real>;
@group(0) @binding(2) var<storage, read_write> c: array<real>;
@group(0) @binding(3) var<uniform> p: Params;

// 17 floats per line, so that a column of a tile lies in 16 different banks.
var<workgroup> tilea: array<f32, 272>;  // [row, l]
var<workgroup> tileb: array<f32, 272>;  // [l, col]

fn epilogue(v: f32, i: u32) -> f32 { return v; }

// Outside the matrix and from `last` on reads zero, so that a tile that overhangs adds nothing.
fn load_a(base: u32, row: u32, l: u32, last: u32) -> f32 {
  if ((row >= p.m) | (l >= last)) { return 0.0; }
  return f32(a[base + select(row * p.k + l, l * p.m + row, TA == 1u)]);
}

fn load_b(base: u32, l: u32, last: u32, col: u32) -> f32 {
  if ((col >= p.n) | (l >= last)) { return 0.0; }
  return f32(b[base + select(l * p.n + col, col * p.k + l, TB == 1u)]);
}

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let across = (p.n + 15u) / 16u;
  let down = (p.m + 15u) / 16u;
  let group = wid.x + wid.y * num.x;
  let z = group / (across * down);
  if (z >= p.batch * p.parts) { return; }
  let row = group / across % down * 16u;
  let col = group % across * 16u;
  let first = z % p.parts * p.part;
  let last = min(first + p.part, p.k);
  let abase = z / p.parts * p.astep;
  let bbase = z / p.parts * p.bstep;

  var sum = 0.0;
  for (var l = first; l < last; l += 16u) {
    // A tile is read along its stored lines (x), so that neighbours read neighbours.
    if (TA == 0u) { tilea[lid.y * 17u + lid.x] = load_a(abase, row + lid.y, l + lid.x, last); }
    else { tilea[lid.x * 17u + lid.y] = load_a(abase, row + lid.x, l + lid.y, last); }
    if (TB == 0u) { tileb[lid.y * 17u + lid.x] = load_b(bbase, l + lid.y, last, col + lid.x); }
    else { tileb[lid.x * 17u + lid.y] = load_b(bbase, l + lid.x, last, col + lid.y); }
    workgroupBarrier();

    for (var e = 0u; e < 16u; e++) { sum += tilea[lid.y * 17u + e] * tileb[e * 17u + lid.x]; }
    workgroupBarrier();
  }

  let i = (z * p.m + row + lid.y) * p.n + col + lid.x;
  if ((row + lid.y < p.m) & (col + lid.x < p.n)) { c[i] = real(epilogue(sum, i)); }
}
