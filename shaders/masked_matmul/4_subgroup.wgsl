// masked_matmul / 4_subgroup: c = a · (B ∘ M), 16 × 8 of c per lane, four lanes load a for all
//
// Layout    a is [m, k], b is [k, n] (TB: stored [n, k]), c is [m, n], read as vec4f: k and n are
//           multiples of 4. dl is [k] and dj [n], the degrees of the units. A weight counts if the
//           degree of the unit it leads to is at least `gap` more than that of the unit it comes
//           from: it leads from l to j, and from j to l when TB, as in the gradient of the inputs.
// Threads   one subgroup of SIZE lanes per workgroup: 16 rows, and 8 columns per lane (two blocks
//           of 4, 4 · SIZE apart). What hangs over loads clamped lines and stores nothing. Four l
//           that reach no column of the tile cost one load.
// Sync      none. Of a 4 × 4 block of a, lane e of four loads row e and swaps: it then holds rows
//           e, e^1, e^2, e^3, and stores in that order.
// Compare   matmul/5_subgroup is the same without a mask.

enable subgroups;

struct Params { m: u32, n: u32, k: u32, gap: u32 }

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4
override TB: u32 = 0u;    // 1: b is stored transposed, and leads the other way

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read> dl: array<vec4u>;
@group(0) @binding(3) var<storage, read> dj: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> c: array<vec4f>;
@group(0) @binding(5) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Levels of four l and of four columns: a weight counts if that of j is at least that of l. The
// other way round it is their complements that compare so.
fn level_l(q: u32, gap: u32) -> vec4u { return select(dl[q] + gap, ~dl[q], TB == 1u); }
fn level_j(q: u32, gap: u32) -> vec4u { return select(dj[q], ~(dj[q] + gap), TB == 1u); }

// The highest level of the columns of the tile.
fn highest_of(col: u32, gap: u32) -> u32 {
  var high = level_j(col / 4u, gap);
  for (var j = col + 4u; j < min(col + 8u * SIZE, p.n); j += 4u) {
    high = max(high, level_j(j / 4u, gap));
  }
  return max(max(high.x, high.y), max(high.z, high.w));
}

// The first four l from q on of which one reaches a column. A loop of its own: a `continue` costs
// CPU drivers a selection in all sums.
fn next(q: u32, highest: u32, gap: u32) -> u32 {
  var at = q;
  while ((at < p.k / 4u) && all(level_l(at, gap) > vec4u(highest))) { at++; }
  return at;
}

// Rows of a are columns of the mat4x4f.
fn block_a(at: u32) -> mat4x4f {
  let line = a[at];
  return mat4x4f(line, quadSwapX(line), quadSwapY(line), quadSwapDiagonal(line));
}

// Four l by four columns of B.
fn block_b(at: vec4u) -> mat4x4f {
  let block = mat4x4f(b[at.x], b[at.y], b[at.z], b[at.w]);
  if (TB == 1u) { return transpose(block); }
  return block;
}

// A block of B, zero where it doesn't count.
fn masked(block: mat4x4f, l: vec4u, j: vec4u) -> mat4x4f {
  let zero = vec4f();
  return mat4x4f(
    select(zero, block[0], j >= l.xxxx),
    select(zero, block[1], j >= l.yyyy),
    select(zero, block[2], j >= l.zzzz),
    select(zero, block[3], j >= l.wwww));
}

fn store(rows: mat4x4f, row: vec4u, col: u32) {
  if (col >= p.n) { return; }
  let i = row * p.n + col;
  if (row.x < p.m) { c[i.x / 4u] = epilogue(rows[0], i.x); }
  if (row.y < p.m) { c[i.y / 4u] = epilogue(rows[1], i.y); }
  if (row.z < p.m) { c[i.z / 4u] = epilogue(rows[2], i.z); }
  if (row.w < p.m) { c[i.w / 4u] = epilogue(rows[3], i.w); }
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let across = (p.n + 8u * SIZE - 1u) / (8u * SIZE);
  let group = wid.x + wid.y * num.x;
  if (group >= across * ((p.m + 15u) / 16u)) { return; }
  let row = group / across * 16u;
  let tile = group % across * 8u * SIZE;
  let gap = p.gap;
  let highest = highest_of(tile, gap);
  let col = tile + lane * 4u;

  // Offsets of four rows and eight columns at l = 0. What is beyond repeats the last ones.
  let four = vec4u(0u, 1u, 2u, 3u);
  let rows = row + (four ^ vec4u(lane % 4u));
  let at = min(row + lane % 4u + 4u * four, vec4u(p.m - 1u)) * (p.k / 4u);
  let cols = min(vec2u(col, col + 4u * SIZE), vec2u(p.n - 4u));
  let colstep = select(1u, p.k, TB == 1u);
  let linestep = select(p.n, p.k, TB == 1u) / 4u;
  let bnext = select(p.n, 1u, TB == 1u);
  let left = cols.x * colstep / 4u + four * linestep;
  let right = cols.y * colstep / 4u + four * linestep;
  let jleft = level_j(cols.x / 4u, gap);
  let jright = level_j(cols.y / 4u, gap);

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  var c20 = mat4x4f();
  var c21 = mat4x4f();
  var c30 = mat4x4f();
  var c31 = mat4x4f();
  for (var q = next(0u, highest, gap); q < p.k / 4u; q = next(q + 1u, highest, gap)) {
    let l = level_l(q, gap);
    let a0 = block_a(at.x + q);
    let a1 = block_a(at.y + q);
    let a2 = block_a(at.z + q);
    let a3 = block_a(at.w + q);
    let bleft = masked(block_b(left + q * bnext), l, jleft);
    c00 += bleft * a0;  // a · B, transposed as the blocks are
    c10 += bleft * a1;
    c20 += bleft * a2;
    c30 += bleft * a3;
    let bright = masked(block_b(right + q * bnext), l, jright);
    c01 += bright * a0;
    c11 += bright * a1;
    c21 += bright * a2;
    c31 += bright * a3;
  }

  store(c00, rows, col);
  store(c01, rows, col + 4u * SIZE);
  store(c10, rows + 4u, col);
  store(c11, rows + 4u, col + 4u * SIZE);
  store(c20, rows + 8u, col);
  store(c21, rows + 8u, col + 4u * SIZE);
  store(c30, rows + 12u, col);
  store(c31, rows + 12u, col + 4u * SIZE);
}
