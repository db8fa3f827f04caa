// lu_inverse / 2_blocks: y = inverse of a, from L · U · y = the identity with rows in order
//
// Layout    lu and order as the lu kernels leave them: [batch, n, n] and [batch, n]; y is
//           [batch, n, n], row-major. n is a multiple of 4. A singular matrix (0 on U's diagonal)
//           gives all NaN.
// Threads   one per four columns of each inverse: neighbours write neighbours. Four rows are found
//           at a time: what is known is taken off by blocks, 8 loads for 64 products, and the 4 ×
//           4 block on the diagonal is solved by itself.
// Sync      none; a thread reads back only what it wrote.
// Compare   1_columns, the same one column and row at a time.

struct Params { batch: u32, n: u32, nan: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> lu: array<vec4f>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

// Four rows of lu from `at` on; they are the columns of the matrix.
fn rows_of(at: u32) -> mat4x4f {
  let q = p.n / 4u;
  return mat4x4f(lu[at], lu[at + q], lu[at + 2u * q], lu[at + 3u * q]);
}

fn known(at: u32) -> mat4x4f {
  let q = p.n / 4u;
  return mat4x4f(y[at], y[at + q], y[at + 2u * q], y[at + 3u * q]);
}

fn keep(at: u32, rows: mat4x4f) {
  let q = p.n / 4u;
  y[at] = rows[0];
  y[at + q] = rows[1];
  y[at + 2u * q] = rows[2];
  y[at + 3u * q] = rows[3];
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  let q = p.n / 4u;
  if (e >= p.batch * q) { return; }
  let m = e / q;
  let j = e % q;
  let top = m * p.n * q;
  let column = vec4u(4u * j) + vec4u(0u, 1u, 2u, 3u);

  // L z = the columns of the identity with their rows in pivot order.
  var least = 1.0;                                // the smallest pivot seen, below 1
  for (var i = 0u; i < q; i++) {
    let row = top + 4u * i * q;
    let o = m * p.n + 4u * i;
    var z = mat4x4f(
      vec4f(column == vec4u(order[o])), vec4f(column == vec4u(order[o + 1u])),
      vec4f(column == vec4u(order[o + 2u])), vec4f(column == vec4u(order[o + 3u])));
    for (var k = 0u; k < i; k++) { z -= known(top + 4u * k * q + j) * rows_of(row + k); }
    let l = rows_of(row + i);
    z[1] -= l[1].x * z[0];
    z[2] -= l[2].x * z[0] + l[2].y * z[1];
    z[3] -= l[3].x * z[0] + l[3].y * z[1] + l[3].z * z[2];
    keep(row + j, z);
    least = min(least, min(min(abs(l[0].x), abs(l[1].y)), min(abs(l[2].z), abs(l[3].w))));
  }

  // U y = z.
  let singular = least < 1.17549435e-38;
  for (var s = 0u; s < q; s++) {
    let i = q - 1u - s;
    let row = top + 4u * i * q;
    var z = known(row + j);
    for (var k = i + 1u; k < q; k++) { z -= known(top + 4u * k * q + j) * rows_of(row + k); }
    let u = rows_of(row + i);
    z[3] /= u[3].w;
    z[2] = (z[2] - u[2].w * z[3]) / u[2].z;
    z[1] = (z[1] - u[1].w * z[3] - u[1].z * z[2]) / u[1].y;
    z[0] = (z[0] - u[0].w * z[3] - u[0].z * z[2] - u[0].y * z[1]) / u[0].x;
    keep(row + j, z);
  }
  for (var r = 0u; singular & (r < p.n); r++) { y[top + r * q + j] = vec4f(bitcast<f32>(p.nan)); }
}
