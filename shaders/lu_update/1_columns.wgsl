// lu_update / 1_columns: U₁₂ = L₁₁⁻¹ · A₁₂, A₂₂ -= L₂₁ · U₁₂: what a panel does to the others
//
// The rest of a step of the blocked elimination (Golub and Van Loan, "Matrix computations", 4th
// ed., section 3.4.7), after lu_panel.
//
// Layout    lu is [batch, n, n], row-major. Of every column outside of the panel (columns first ...
//           first + width - 1) rows are exchanged as swaps [batch, n] says; of those right of it
//           the next rows of U are found and what they make is taken off the rows below. order is
//           [batch, n]: which row of a stands in each row, begun by the first panel.
// Threads   one per column: neighbours read and write neighbours.
// Sync      none: a thread reads back only what it wrote; the panel is only read.
// Compare   read this first. 2_vec4 has four columns and four rows per thread; 3_strip shares the
//           rows of a column.

struct Params { batch: u32, n: u32, first: u32, width: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> swaps: array<u32>;
@group(0) @binding(1) var<storage, read_write> lu: array<f32>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let n = p.n;
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.batch * n) { return; }
  let m = e / n;
  let j = e % n;
  let top = m * n * n;
  let end = p.first + p.width;
  if (j == p.first) { follow(m); }                // of all columns one that has nothing else to do
  if ((j >= p.first) & (j < end)) { return; }
  for (var k = p.first; k < end; k++) {
    let row = swaps[m * n + k];
    let held = lu[top + k * n + j];
    lu[top + k * n + j] = lu[top + row * n + j];
    lu[top + row * n + j] = held;
  }
  if (j < p.first) { return; }
  for (var r = p.first + 1u; r < n; r++) {
    var v = lu[top + r * n + j];
    for (var k = p.first; k < min(r, end); k++) { v -= lu[top + r * n + k] * lu[top + k * n + j]; }
    lu[top + r * n + j] = v;
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
