// lu_inverse / 1_columns: y = inverse of a, from L · U · y = the identity with rows in order
//
// Layout    lu and order as the lu kernels leave them: [batch, n, n] and [batch, n]; y is
//           [batch, n, n], row-major. A singular matrix (0 on U's diagonal) gives all NaN.
// Threads   one per column of each inverse: neighbours write neighbours.
// Sync      none; a thread reads back only what it wrote.
// Compare   2_blocks, four columns and rows at a time.

struct Params { batch: u32, n: u32, nan: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> lu: array<f32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  let n = p.n;
  if (e >= p.batch * n) { return; }
  let m = e / n;
  let top = m * n * n;
  let column = top + e % n;                       // y[m, 0, j]

  // L z = the column of the identity with its rows in pivot order.
  var singular = false;
  for (var i = 0u; i < n; i++) {
    var z = select(0.0, 1.0, order[m * n + i] == e % n);
    for (var k = 0u; k < i; k++) { z -= lu[top + i * n + k] * y[column + k * n]; }
    y[column + i * n] = z;
    singular = singular | (abs(lu[top + i * n + i]) < 1.17549435e-38);
  }

  // U y = z.
  for (var s = 0u; s < n; s++) {
    let i = n - 1u - s;
    var z = y[column + i * n];
    for (var k = i + 1u; k < n; k++) { z -= lu[top + i * n + k] * y[column + k * n]; }
    z /= lu[top + i * n + i];
    y[column + i * n] = bitcast<f32>(select(bitcast<u32>(z), p.nan, singular));
  }
}
