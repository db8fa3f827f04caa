// masked_matmul / 3_ragged: c = a · (B ∘ M), an 8 × 8 tile of c per thread, any sizes
//
// Layout    a is [m, k], b is [k, n] (TB: stored [n, k]), c is [m, n], row-major. dl is [k] and dj
//           [n], the degrees of the units. A weight counts if the degree of the unit it leads to is
//           at least `gap` more than that of the unit it comes from: it leads from l to j, and from
//           j to l when TB, as in the gradient of the inputs.
// Threads   WIDTH per workgroup, one 8 × 8 tile each, along the rows of tiles. What hangs over
//           loads clamped lines and stores nothing. An l that reaches no column of the tile costs
//           one load.
// Sync      none.
// Compare   matmul/7_ragged is the same without a mask; 4_subgroup loads vec4s.

struct Params { m: u32, n: u32, k: u32, gap: u32 }

override WIDTH: u32 = 32u;  // threads per workgroup
override TB: u32 = 0u;      // 1: b is stored transposed, and leads the other way

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> dl: array<u32>;
@group(0) @binding(3) var<storage, read> dj: array<u32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

fn four_of_a(at: vec4u) -> vec4f { return vec4f(a[at.x], a[at.y], a[at.z], a[at.w]); }
fn four_of_b(at: vec4u) -> vec4f { return vec4f(b[at.x], b[at.y], b[at.z], b[at.w]); }

// Levels: a weight counts if that of j is at least that of l. The other way round it is their
// complements that compare so.
fn level_l(l: u32, gap: u32) -> u32 { return select(dl[l] + gap, ~dl[l], TB == 1u); }
fn level_j(at: vec4u, gap: u32) -> vec4u {
  let j = vec4u(dj[at.x], dj[at.y], dj[at.z], dj[at.w]);
  return select(j, ~(j + gap), TB == 1u);
}

// The first l from `l` on that reaches a column. A loop of its own: a `continue` costs CPU drivers
// a selection in all sums.
fn next(l: u32, highest: u32, gap: u32) -> u32 {
  var at = l;
  while ((at < p.k) && (level_l(at, gap) > highest)) { at++; }
  return at;
}

// All products of four rows and four columns; rows are columns of the mat4x4f.
fn outer(x: vec4f, y: vec4f) -> mat4x4f { return mat4x4f(y * x.x, y * x.y, y * x.z, y * x.w); }

fn store_row(v: vec4f, row: u32, col: u32) {
  if (row >= p.m) { return; }
  let i = row * p.n + col;
  if (col < p.n) { c[i] = epilogue(v.x, i); }
  if (col + 1u < p.n) { c[i + 1u] = epilogue(v.y, i + 1u); }
  if (col + 2u < p.n) { c[i + 2u] = epilogue(v.z, i + 2u); }
  if (col + 3u < p.n) { c[i + 3u] = epilogue(v.w, i + 3u); }
}

fn store(rows: mat4x4f, row: u32, col: u32) {
  store_row(rows[0], row, col);
  store_row(rows[1], row + 1u, col);
  store_row(rows[2], row + 2u, col);
  store_row(rows[3], row + 3u, col);
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.n + 7u) / 8u;
  let tile = (wid.x + wid.y * num.x) * WIDTH + t;
  if (tile >= across * ((p.m + 7u) / 8u)) { return; }
  let col = tile % across * 8u;
  let row = tile / across * 8u;

  let four = vec4u(0u, 1u, 2u, 3u);
  let top = min(row + four, vec4u(p.m - 1u)) * p.k;
  let low = min(row + 4u + four, vec4u(p.m - 1u)) * p.k;
  let leftcols = min(col + four, vec4u(p.n - 1u));
  let rightcols = min(col + 4u + four, vec4u(p.n - 1u));
  let colstep = select(1u, p.k, TB == 1u);
  let bnext = select(p.n, 1u, TB == 1u);
  let gap = p.gap;
  let jleft = level_j(leftcols, gap);
  let jright = level_j(rightcols, gap);
  let high = max(jleft, jright);
  let highest = max(max(high.x, high.y), max(high.z, high.w));

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var l = next(0u, highest, gap); l < p.k; l = next(l + 1u, highest, gap)) {
    let level = vec4u(level_l(l, gap));
    let atop = four_of_a(top + l);
    let alow = four_of_a(low + l);
    let bleft = select(vec4f(), four_of_b(leftcols * colstep + l * bnext), jleft >= level);
    let bright = select(vec4f(), four_of_b(rightcols * colstep + l * bnext), jright >= level);
    c00 += outer(atop, bleft);
    c01 += outer(atop, bright);
    c10 += outer(alow, bleft);
    c11 += outer(alow, bright);
  }

  store(c00, row, col);
  store(c01, row, col + 4u);
  store(c10, row + 4u, col);
  store(c11, row + 4u, col + 4u);
}
