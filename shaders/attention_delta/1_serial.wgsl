// attention_delta / 1_serial: stats[t] = (lse[t], g[t]·y[t])
//
// What the gradients of attention need to know of each query, side by side: the logarithm of its
// softmax's denominator, and how its result and that one's gradient agree.
//
// Layout    y and g are [rows, width], lse and stats [rows], row-major.
// Threads   one per row.
// Sync      none.
// Compare   2_eights reads a row with eight threads.

struct Params { rows: u32, width: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read> lse: array<f32>;
@group(0) @binding(3) var<storage, read_write> stats: array<vec2f>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let row = (wid.x + wid.y * num.x) * WIDTH + t;
  if (row >= p.rows) { return; }
  var sum = 0.0;
  for (var i = row * p.width; i < (row + 1u) * p.width; i++) { sum += y[i] * g[i]; }
  stats[row] = vec2f(lse[row], sum);
}
