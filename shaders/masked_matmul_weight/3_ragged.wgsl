// masked_matmul_weight / 3_ragged: c = (aᵀ · b) ∘ M, an 8 × 8 tile of c per thread, any sizes
//
// Layout    a is [m, k], b is [m, n], c is [k, n], row-major. dl is [k] and dj [n], the degrees of
//           the units: l reaches j if the degree of j is at least `gap` more than that of l.
// Threads   WIDTH per workgroup, one 8 × 8 tile each, along the rows of tiles. What hangs over
//           loads clamped lines and stores nothing. A tile without weights that count is zero at
//           once.
// Sync      none.
// Compare   matmul/7_ragged is the same without a mask; 4_subgroup loads vec4s.

struct Params { m: u32, n: u32, k: u32, gap: u32 }

override WIDTH: u32 = 32u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> dl: array<u32>;
@group(0) @binding(3) var<storage, read> dj: array<u32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

fn four_of_a(at: vec4u) -> vec4f { return vec4f(a[at.x], a[at.y], a[at.z], a[at.w]); }
fn four_of_b(at: vec4u) -> vec4f { return vec4f(b[at.x], b[at.y], b[at.z], b[at.w]); }

fn low_of(at: vec4u) -> u32 { return min(min(dl[at.x], dl[at.y]), min(dl[at.z], dl[at.w])); }
fn high_of(at: vec4u) -> u32 { return max(max(dj[at.x], dj[at.y]), max(dj[at.z], dj[at.w])); }

// All products of four rows and four columns; rows are columns of the mat4x4f.
fn outer(x: vec4f, y: vec4f) -> mat4x4f { return mat4x4f(y * x.x, y * x.y, y * x.z, y * x.w); }

fn store_one(v: f32, row: u32, col: u32) {
  if (col >= p.n) { return; }
  let i = row * p.n + col;
  c[i] = epilogue(select(0.0, v, dj[col] >= dl[row] + p.gap), i);
}

fn store(rows: mat4x4f, row: u32, col: u32) {
  for (var r = 0u; r < 4u; r++) {
    if (row + r >= p.k) { return; }
    let v = rows[r];
    store_one(v.x, row + r, col);
    store_one(v.y, row + r, col + 1u);
    store_one(v.z, row + r, col + 2u);
    store_one(v.w, row + r, col + 3u);
  }
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.n + 7u) / 8u;
  let tile = (wid.x + wid.y * num.x) * WIDTH + t;
  if (tile >= across * ((p.k + 7u) / 8u)) { return; }
  let col = tile % across * 8u;
  let row = tile / across * 8u;

  // Places of the rows and columns. Those beyond the matrix repeat its last ones.
  let four = vec4u(0u, 1u, 2u, 3u);
  let top = min(row + four, vec4u(p.k - 1u));
  let low = min(row + 4u + four, vec4u(p.k - 1u));
  let left = min(col + four, vec4u(p.n - 1u));
  let right = min(col + 4u + four, vec4u(p.n - 1u));
  let lowest = min(low_of(top), low_of(low));
  let highest = max(high_of(left), high_of(right));
  let last = select(0u, p.m, highest >= lowest + p.gap);

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var i = 0u; i < last; i++) {
    let atop = four_of_a(top + i * p.k);
    let alow = four_of_a(low + i * p.k);
    let bleft = four_of_b(left + i * p.n);
    let bright = four_of_b(right + i * p.n);
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
