// ball_counts / 3_subgroup: how many rows of y a ball around x_i holds, and the other way round
//
//   members[b, i] = of the rows of block b of y, those in the ball of x_i
//   holders[b, i] = of the balls of that block, those that hold x_i
//   holding[a, j] = of the balls of block a of x, those that hold y_j
//
// Layout    as in 1_naive; x and y are read as vec4f: d is a multiple of 4.
// Threads   one subgroup of SIZE lanes per workgroup: 16 rows of x, and 8 of y per lane (two times
//           4, 4 · SIZE apart), so that four lanes share a block of y.
// Sync      none. Of four rows of x lane e of four loads row e and swaps: it then holds e, e^1,
//           e^2, e^3. By the same swaps it gets what others counted for row e.
// Compare   block_distances / 3_subgroup, which keeps minima.

enable subgroups;

struct Params { m: u32, n: u32, d: u32, slack: f32 }

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> xball: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> yball: array<f32>;
@group(0) @binding(4) var<storage, read_write> members: array<f32>;
@group(0) @binding(5) var<storage, read_write> holders: array<f32>;
@group(0) @binding(6) var<storage, read_write> holding: array<f32>;
@group(0) @binding(7) var<uniform> p: Params;

const FAR = 1e37;  // squared length of a row that is not there: it is in no ball

// Four rows of x by four l, and four l by four rows of y; rows are columns of the first mat4x4f.
fn block_x(at: u32) -> mat4x4f {
  let line = x[at];
  return mat4x4f(line, quadSwapX(line), quadSwapY(line), quadSwapDiagonal(line));
}

fn block_y(i: vec4u) -> mat4x4f { return transpose(mat4x4f(y[i.x], y[i.y], y[i.z], y[i.w])); }

// Squared lengths and radii of rows e, e^1, e^2, e^3 of x, of which i is e.
fn ball_x(i: u32) -> mat2x4f {
  let k = min(i, p.m - 1u);
  let v = vec2f(select(FAR, xball[k], i < p.m), xball[p.m + k]);
  return transpose(mat4x2f(v, quadSwapX(v), quadSwapY(v), quadSwapDiagonal(v)));
}

fn one_y(j: u32) -> vec2f {
  let k = min(j, p.n - 1u);
  return vec2f(select(FAR, yball[k], j < p.n), yball[p.n + k]);
}
fn four_y(j: u32) -> mat2x4f {
  return transpose(mat4x2f(one_y(j), one_y(j + 1u), one_y(j + 2u), one_y(j + 3u)));
}

fn reach(products: vec4f, lengths: vec4f) -> vec4f {
  return max(lengths - 2.0 * products, vec4f()) + p.slack * lengths;
}
fn count(v: vec4<bool>) -> vec4f { return select(vec4f(), vec4f(1.0), v); }
fn total(v: mat4x4f) -> vec4f { return v[0] + v[1] + v[2] + v[3]; }

// Of row e of x beside 16 of y: each lane hands over what it has for it.
fn join(v: vec4f) -> f32 {
  return v.x + quadSwapX(v.y) + (quadSwapY(v.z) + quadSwapDiagonal(v.w));
}

// Counts in 4 rows of x beside 16 of y, stored for row i of x; returned for the lane's 4 rows of y.
fn tally(products: mat4x4f, i: u32, of_x: mat2x4f, block: u32, of_y: mat2x4f) -> vec4f {
  let needed = mat4x4f(
    reach(products[0], of_y[0] + of_x[0].x), reach(products[1], of_y[0] + of_x[0].y),
    reach(products[2], of_y[0] + of_x[0].z), reach(products[3], of_y[0] + of_x[0].w));
  let in_x = mat4x4f(
    count(needed[0] < vec4f(of_x[1].x)), count(needed[1] < vec4f(of_x[1].y)),
    count(needed[2] < vec4f(of_x[1].z)), count(needed[3] < vec4f(of_x[1].w)));
  let in_y = mat4x4f(
    count(needed[0] < of_y[1]), count(needed[1] < of_y[1]),
    count(needed[2] < of_y[1]), count(needed[3] < of_y[1]));
  let found = vec2f(join(total(transpose(in_x))), join(total(transpose(in_y))));
  if ((i < p.m) & (block * 16u < p.n)) {
    members[block * p.m + i] = found.x;
    holders[block * p.m + i] = found.y;
  }
  return total(in_x);
}

fn store(v: vec4f, row: u32, col: u32) {
  let end = min(col + 4u, p.n);
  for (var j = col; j < end; j++) { holding[row / 16u * p.n + j] = v[j - col]; }
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
  if (row >= p.m) { return; }

  let four = vec4u(0u, 1u, 2u, 3u);
  let quads = p.d / 4u;
  let rows = row + lane % 4u + 4u * four;
  let col = group % across * 8u * SIZE + lane * 4u;
  let next = col + 4u * SIZE;
  var at = min(rows, vec4u(p.m - 1u)) * quads;
  var left = min(col + four, vec4u(p.n - 1u)) * quads;
  var right = min(next + four, vec4u(p.n - 1u)) * quads;

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

  let x0 = ball_x(rows.x);
  let x1 = ball_x(rows.y);
  let x2 = ball_x(rows.z);
  let x3 = ball_x(rows.w);
  let y0 = four_y(col);
  let y1 = four_y(next);
  let b = vec2u(col, next) / 16u;
  store(
    tally(c00, rows.x, x0, b.x, y0) + tally(c10, rows.y, x1, b.x, y0)
      + tally(c20, rows.z, x2, b.x, y0) + tally(c30, rows.w, x3, b.x, y0), row, col);
  store(
    tally(c01, rows.x, x0, b.y, y1) + tally(c11, rows.y, x1, b.y, y1)
      + tally(c21, rows.z, x2, b.y, y1) + tally(c31, rows.w, x3, b.y, y1), row, next);
}
