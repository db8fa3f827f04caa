// block_distances / 3_subgroup: least[b, i] = min over block b of |x_i − y_j|², 16 × 8 per lane
//
// Layout    x is [m, d], y is [n, d], read as vec4f: d is a multiple of 4; xx [m] and yy [n] are
//           the squared lengths of their rows; least is [ceil(n / 16), m]. SELF: x is y.
// Threads   one subgroup of SIZE lanes per workgroup: 16 rows of x, and 8 of y per lane (two times
//           4, 4 · SIZE apart), so that four lanes share a block of y. SELF: tiles below the
//           diagonal are left to their mirror images, which store twice.
// Sync      none. Of four rows of x lane e of four loads row e and swaps: it then holds e, e^1,
//           e^2, e^3. By the same swaps it gets what the others found for row e.
// Compare   matmul / 5_subgroup, which writes all products. Rows that overhang repeat the last one,
//           which changes no minimum.

enable subgroups;

struct Params { m: u32, n: u32, d: u32 }

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4
override SELF: u32 = 0u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> xx: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> yy: array<f32>;
@group(0) @binding(4) var<storage, read_write> least: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

// Four rows of x by four l, and four l by four rows of y; rows are columns of the first mat4x4f.
fn block_x(at: u32) -> mat4x4f {
  let line = x[at];
  return mat4x4f(line, quadSwapX(line), quadSwapY(line), quadSwapDiagonal(line));
}

fn block_y(at: vec4u) -> mat4x4f {
  return transpose(mat4x4f(y[at.x], y[at.y], y[at.z], y[at.w]));
}

// Distances of four rows of x, of lengths `of_x`, and of y.
fn distances(products: mat4x4f, of_x: vec4f, of_y: vec4f) -> mat4x4f {
  let squared = mat4x4f(of_y + of_x.x, of_y + of_x.y, of_y + of_x.z, of_y + of_x.w)
    - 2.0 * products;
  let zero = vec4f();
  return mat4x4f(
    max(squared[0], zero), max(squared[1], zero), max(squared[2], zero), max(squared[3], zero));
}

fn minimum(v: mat4x4f) -> vec4f { return min(min(v[0], v[1]), min(v[2], v[3])); }

// What lanes e, e^1, e^2, e^3 have.
fn turned(v: f32) -> vec4f {
  return vec4f(v, quadSwapX(v), quadSwapY(v), quadSwapDiagonal(v));
}

// The least of row e of x beside 16 of y: each lane hands over what it has for it.
fn join(squared: mat4x4f) -> f32 {
  let v = minimum(transpose(squared));
  return min(min(v.x, quadSwapX(v.y)), min(quadSwapY(v.z), quadSwapDiagonal(v.w)));
}

fn store_rows(v: vec4f, rows: vec4u, row: u32, block: u32) {
  if ((block * 16u >= p.n) | ((SELF == 1u) & (block * 16u < row))) { return; }
  let at = block * p.m;
  if (rows.x < p.m) { least[at + rows.x] = v.x; }
  if (rows.y < p.m) { least[at + rows.y] = v.y; }
  if (rows.z < p.m) { least[at + rows.z] = v.z; }
  if (rows.w < p.m) { least[at + rows.w] = v.w; }
}

fn store_columns(v: vec4f, row: u32, col: u32) {
  if ((SELF == 0u) | (col / 16u * 16u <= row)) { return; }
  let at = row / 16u * p.m + col;
  if (col < p.n) { least[at] = v.x; }
  if (col + 1u < p.n) { least[at + 1u] = v.y; }
  if (col + 2u < p.n) { least[at + 2u] = v.z; }
  if (col + 3u < p.n) { least[at + 3u] = v.w; }
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let across = (p.n + 8u * SIZE - 1u) / (8u * SIZE);
  let group = wid.x + wid.y * num.x;
  let row = group / across * 16u;
  let start = group % across * 8u * SIZE;
  if ((row >= p.m) | ((SELF == 1u) & (start + 8u * SIZE <= row))) { return; }

  let e = lane % 4u;
  let four = vec4u(0u, 1u, 2u, 3u);
  let quads = p.d / 4u;
  let rows = vec4u(row + e) + 4u * four;
  let own = min(rows, vec4u(p.m - 1u));
  let col = start + lane * 4u;
  let i = min(col + four, vec4u(p.n - 1u));
  let j = min(col + 4u * SIZE + four, vec4u(p.n - 1u));
  var at = own * quads;
  var left = i * quads;
  var right = j * quads;

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  var c20 = mat4x4f();
  var c21 = mat4x4f();
  var c30 = mat4x4f();
  var c31 = mat4x4f();
  for (var l = 0u; l < quads; l++) {
    let x0 = block_x(at.x);
    let x1 = block_x(at.y);
    let x2 = block_x(at.z);
    let x3 = block_x(at.w);
    let of_left = block_y(left);
    c00 += of_left * x0;
    c10 += of_left * x1;
    c20 += of_left * x2;
    c30 += of_left * x3;
    let of_right = block_y(right);
    c01 += of_right * x0;
    c11 += of_right * x1;
    c21 += of_right * x2;
    c31 += of_right * x3;
    at += 1u;
    left += 1u;
    right += 1u;
  }

  let x0 = turned(xx[own.x]);
  let x1 = turned(xx[own.y]);
  let x2 = turned(xx[own.z]);
  let x3 = turned(xx[own.w]);
  let of_left = vec4f(yy[i.x], yy[i.y], yy[i.z], yy[i.w]);
  c00 = distances(c00, x0, of_left);
  c10 = distances(c10, x1, of_left);
  c20 = distances(c20, x2, of_left);
  c30 = distances(c30, x3, of_left);
  let of_right = vec4f(yy[j.x], yy[j.y], yy[j.z], yy[j.w]);
  c01 = distances(c01, x0, of_right);
  c11 = distances(c11, x1, of_right);
  c21 = distances(c21, x2, of_right);
  c31 = distances(c31, x3, of_right);
  let next = col + 4u * SIZE;
  store_rows(vec4f(join(c00), join(c10), join(c20), join(c30)), rows, row, col / 16u);
  store_rows(vec4f(join(c01), join(c11), join(c21), join(c31)), rows, row, next / 16u);
  store_columns(min(min(minimum(c00), minimum(c10)), min(minimum(c20), minimum(c30))), row, col);
  store_columns(min(min(minimum(c01), minimum(c11)), min(minimum(c21), minimum(c31))), row, next);
}
