// attention_delta / 2_eights: stats[t] = (lse[t], g[t]·y[t])
//
// What the gradients of attention need to know of each query, side by side: the logarithm of its
// softmax's denominator, and how its result and that one's gradient agree.
//
// Layout    y and g are [rows, width], read as vec4f: width is a multiple of 4. lse and stats are
//           [rows].
// Threads   64 per workgroup, for 8 rows: 8 neighbours read a row, 4 columns at a time.
// Sync      one barrier before the first of 8 adds what all 8 have.
// Compare   1_serial, whose neighbours read different rows.

struct Params { rows: u32, width: u32 }

@group(0) @binding(0) var<storage, read> y: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read> lse: array<f32>;
@group(0) @binding(3) var<storage, read_write> stats: array<vec2f>;
@group(0) @binding(4) var<uniform> p: Params;

var<workgroup> parts: array<f32, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let row = (wid.x + wid.y * num.x) * 8u + t / 8u;
  let four = p.width / 4u;
  let end = select(0u, (row + 1u) * four, row < p.rows);
  var sum = vec4f();
  for (var i = row * four + t % 8u; i < end; i += 8u) { sum += y[i] * g[i]; }
  parts[t] = (sum.x + sum.z) + (sum.y + sum.w);
  workgroupBarrier();
  if (t % 8u > 0u || row >= p.rows) { return; }
  var total = parts[t];
  for (var i = 1u; i < 8u; i++) { total += parts[t + i]; }
  stats[row] = vec2f(lse[row], total);
}
