// lu_update / 2_vec4: U₁₂ = L₁₁⁻¹ · A₁₂, A₂₂ -= L₂₁ · U₁₂: what a panel does to the others
//
// Layout    lu is [batch, n, n], row-major. Of every column outside of the panel (columns first ...
//           first + width - 1) rows are exchanged as swaps [batch, n] says; of those right of it
//           the next rows of U are found and what they make is taken off the rows below. order is
//           [batch, n]: which row of a stands in each row, begun by the first panel. n, first and
//           width are multiples of 4.
// Threads   one per four columns: neighbours read and write neighbours. Below the panel's own rows
//           a thread takes four rows at a time: 8 loads for 64 products.
// Sync      none: a thread reads back only what it wrote; the panel is only read.
// Compare   1_columns, the same one column and row at a time.

struct Params { batch: u32, n: u32, first: u32, width: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> swaps: array<u32>;
@group(0) @binding(1) var<storage, read_write> lu: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let n = p.n;
  let quads = n / 4u;
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.batch * quads) { return; }
  let m = e / quads;
  let j = e % quads;
  let top = m * n * quads;
  let head = p.first / 4u;
  let end = p.first + p.width;
  if (j == head) { follow(m); }                   // columns that have nothing else to do
  if ((j >= head) & (j < end / 4u)) { return; }
  for (var k = p.first; k < end; k++) {
    let row = swaps[m * n + k];
    let held = lu[top + k * quads + j];
    lu[top + k * quads + j] = lu[top + row * quads + j];
    lu[top + row * quads + j] = held;
  }
  if (j < head) { return; }
  for (var r = p.first + 1u; r < end; r++) {
    var v = lu[top + r * quads + j];
    for (var k = p.first; k < r; k++) {
      v -= lu[top + r * quads + k / 4u][k % 4u] * lu[top + k * quads + j];
    }
    lu[top + r * quads + j] = v;
  }

  for (var r = end; r < n; r += 4u) {
    let at = top + r * quads;
    var v = mat4x4f(
      lu[at + j], lu[at + quads + j], lu[at + 2u * quads + j], lu[at + 3u * quads + j]);
    for (var q = head; q < end / 4u; q++) {
      let u = top + q * 4u * quads + j;
      let upper = mat4x4f(lu[u], lu[u + quads], lu[u + 2u * quads], lu[u + 3u * quads]);
      let lower = mat4x4f(
        lu[at + q], lu[at + quads + q], lu[at + 2u * quads + q], lu[at + 3u * quads + q]);
      v -= upper * lower;                         // rows are columns of the mat4x4f
    }
    lu[at + j] = v[0];
    lu[at + quads + j] = v[1];
    lu[at + 2u * quads + j] = v[2];
    lu[at + 3u * quads + j] = v[3];
  }
}

// The order of rows, one thread per matrix.
fn follow(m: u32) {
  if (p.first == 0u) { for (var i = 0u; i < p.n; i++) { order[m * p.n + i] = i; } }
  for (var k = p.first; k < p.first + p.width; k++) {
    let row = swaps[m * p.n + k];
    let held = order[m * p.n + k];
    order[m * p.n + k] = order[m * p.n + row];
    order[m * p.n + row] = held;
  }
}
