// triangular_solve / 2_vec4: A · y = b, or Aᵀ · y = b, with A triangular
//
// Only the named triangle of A is read; with UNIT its diagonal counts as ones.
//
// Layout    a is [batch, n, n], b and y are [batch, n, cols], row-major, read and written four
//           columns at a time: cols is a multiple of 4.
// Threads   one per four columns of each b: neighbours read and write neighbours. Equations are
//           solved from the one with a single unknown on.
// Sync      none; a thread reads back only what it wrote.
// Compare   1_columns, the same one column at a time.

struct Params { batch: u32, n: u32, cols: u32 }

override UPPER: bool = false;      // the triangle of A
override UNIT: bool = false;       // ones on the diagonal
override TRANSPOSE: bool = false;  // solve with Aᵀ
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  let quads = p.cols / 4u;
  if (e >= p.batch * quads) { return; }
  let m = e / quads;
  let top = m * p.n * p.n;
  let column = m * p.n * quads + e % quads;       // y[m, 0, c]
  let last = p.n - 1u;
  let backward = UPPER != TRANSPOSE;              // the last unknown comes first

  for (var s = 0u; s < p.n; s++) {
    let i = select(s, last - s, backward);
    var z = b[column + i * quads];
    for (var q = 0u; q < s; q++) {
      let k = select(q, last - q, backward);
      let entry = select(i * p.n + k, k * p.n + i, TRANSPOSE);
      z -= a[top + entry] * y[column + k * quads];
    }
    if (!UNIT) { z /= a[top + i * p.n + i]; }
    y[column + i * quads] = z;
  }
}
