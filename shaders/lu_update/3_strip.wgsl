// lu_update / 3_strip: U₁₂ = L₁₁⁻¹ · A₁₂, A₂₂ -= L₂₁ · U₁₂: what a panel does to the others
//
// Layout    lu is [batch, n, n], row-major. Of every column outside of the panel (columns first ...
//           first + width - 1) rows are exchanged as swaps [batch, n] says; of those right of it
//           the next rows of U are found and what they make is taken off the rows below. order is
//           [batch, n]: which row of a stands in each row, begun by the first panel.
// Threads   32 × DEEP per workgroup, which owns a strip of 32 columns: neighbours read and write
//           neighbours. The first 32 threads exchange rows and find U₁₂, then all share the rows
//           below.
// Sync      one barrier: the strip's rows are exchanged and its part of U₁₂ is there.
// Compare   1_columns leaves all rows of a column to one thread.

struct Params { batch: u32, n: u32, first: u32, width: u32 }

override DEEP: u32 = 8u;  // threads that share a column

@group(0) @binding(0) var<storage, read> swaps: array<u32>;
@group(0) @binding(1) var<storage, read_write> lu: array<f32>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(32, DEEP)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) t: vec3u,
) {
  let n = p.n;
  let strips = (n + 31u) / 32u;
  let strip = wid.x + wid.y * num.x;
  let m = strip / strips;
  if (m >= p.batch) { return; }                   // the whole workgroup
  let j = strip % strips * 32u + t.x;
  let top = m * n * n;
  let end = p.first + p.width;
  let outside = (j < n) & ((j < p.first) | (j >= end));
  if ((j == p.first) & (t.y == 0u)) { follow(m); }
  if (outside & (t.y == 0u)) {
    for (var k = p.first; k < end; k++) {
      let row = swaps[m * n + k];
      let held = lu[top + row * n + j];
      lu[top + row * n + j] = lu[top + k * n + j];
      lu[top + k * n + j] = held;
    }
    for (var r = p.first + 1u; (r < end) & (j >= end); r++) {
      lu[top + r * n + j] = reduced(top, r, r, j);
    }
  }
  storageBarrier();

  if (!outside | (j < end)) { return; }
  for (var r = end + t.y; r < n; r += DEEP) { lu[top + r * n + j] = reduced(top, r, end, j); }
}

// lu[r, j] less what rows first ... last - 1 take off it.
fn reduced(top: u32, r: u32, last: u32, j: u32) -> f32 {
  var v = lu[top + r * p.n + j];
  for (var k = p.first; k < last; k++) { v -= lu[top + r * p.n + k] * lu[top + k * p.n + j]; }
  return v;
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
