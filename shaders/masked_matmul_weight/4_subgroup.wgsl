// masked_matmul_weight / 4_subgroup: c = (aᵀ · b) ∘ M, 16 × 8 of c per lane
//
// Layout    a is [m, k], b is [m, n], c is [k, n], read as vec4f: all sizes are multiples of 4. dl
//           is [k] and dj [n], the degrees of the units: l reaches j if the degree of j is at least
//           `gap` more than that of l.
// Threads   one subgroup of SIZE lanes per workgroup: 16 rows, and 8 columns per lane (two blocks
//           of 4, 4 · SIZE apart). What hangs over loads clamped lines and stores nothing. A tile
//           without weights that count is zero at once.
// Sync      none. Of a 4 × 4 block of a, lane e of four loads line i + e and swaps: it then holds
//           lines i + (e, e^1, e^2, e^3), and reads b in that order.
// Compare   matmul/5_subgroup is the same without a mask.

enable subgroups;

struct Params { m: u32, n: u32, k: u32, gap: u32 }

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read> dl: array<vec4u>;
@group(0) @binding(3) var<storage, read> dj: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> c: array<vec4f>;
@group(0) @binding(5) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Whether any weight of the tile counts.
fn tile_counts(row: u32, col: u32) -> bool {
  var low = dl[row / 4u];
  for (var l = row + 4u; l < min(row + 16u, p.k); l += 4u) { low = min(low, dl[l / 4u]); }
  var high = dj[col / 4u];
  for (var j = col + 4u; j < min(col + 8u * SIZE, p.n); j += 4u) { high = max(high, dj[j / 4u]); }
  let highest = max(max(high.x, high.y), max(high.z, high.w));
  return highest >= min(min(low.x, low.y), min(low.z, low.w)) + p.gap;
}

// Four rows of aᵀ by four i, and four i by four columns of b; rows are columns of the mat4x4f.
fn block_a(at: u32) -> mat4x4f {
  let line = a[at];
  return transpose(mat4x4f(line, quadSwapX(line), quadSwapY(line), quadSwapDiagonal(line)));
}

fn block_b(at: vec4u) -> mat4x4f { return mat4x4f(b[at.x], b[at.y], b[at.z], b[at.w]); }

fn store_row(v: vec4f, row: u32, l: u32, col: u32) {
  let i = row * p.n + col;
  c[i / 4u] = epilogue(select(vec4f(), v, dj[col / 4u] >= vec4u(l + p.gap)), i);
}

fn store(rows: mat4x4f, row: u32, col: u32) {
  if ((row >= p.k) | (col >= p.n)) { return; }
  let l = dl[row / 4u];
  store_row(rows[0], row, l.x, col);
  store_row(rows[1], row + 1u, l.y, col);
  store_row(rows[2], row + 2u, l.z, col);
  store_row(rows[3], row + 3u, l.w, col);
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let across = (p.n + 8u * SIZE - 1u) / (8u * SIZE);
  let group = wid.x + wid.y * num.x;
  if (group >= across * ((p.k + 15u) / 16u)) { return; }
  let row = group / across * 16u;
  let tile = group % across * 8u * SIZE;
  let last = select(0u, p.m, tile_counts(row, tile));
  let col = tile + lane * 4u;

  // Offsets of a line of a and four lines of b, at four rows and eight columns of c.
  let four = vec4u(0u, 1u, 2u, 3u);
  let turned = (four ^ vec4u(lane % 4u)) * (p.n / 4u);
  var at = min(row + 4u * four, vec4u(p.k - 4u)) / 4u + lane % 4u * (p.k / 4u);
  var left = min(col, p.n - 4u) / 4u + turned;
  var right = min(col + 4u * SIZE, p.n - 4u) / 4u + turned;

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  var c20 = mat4x4f();
  var c21 = mat4x4f();
  var c30 = mat4x4f();
  var c31 = mat4x4f();
  for (var i = 0u; i < last; i += 4u) {
    let a0 = block_a(at.x);
    let a1 = block_a(at.y);
    let a2 = block_a(at.z);
    let a3 = block_a(at.w);
    let bleft = block_b(left);
    c00 += bleft * a0;  // aᵀ · b, transposed as the blocks are
    c10 += bleft * a1;
    c20 += bleft * a2;
    c30 += bleft * a3;
    let bright = block_b(right);
    c01 += bright * a0;
    c11 += bright * a1;
    c21 += bright * a2;
    c31 += bright * a3;
    at += p.k;
    left += p.n;
    right += p.n;
  }

  store(c00, row, col);
  store(c01, row, col + 4u * SIZE);
  store(c10, row + 4u, col);
  store(c11, row + 4u, col + 4u * SIZE);
  store(c20, row + 8u, col);
  store(c21, row + 8u, col + 4u * SIZE);
  store(c30, row + 12u, col);
  store(c31, row + 12u, col + 4u * SIZE);
}
