// scatter_add / 2_vec4: y[o, r, i] = sum of values[o, j, i] over the j with index[j] = r
//
// Layout    values is [outer, n, inner], index is [n], y is [outer, rows, inner], row-major. Values
//           whose index is no row go nowhere.
//           For inner sizes that are multiples of 4.
// Threads   one per four neighbours of y; each reads the whole index, four entries at a time.
// Sync      none.
// Compare   1_scan does the same with single words, and reads the index four times as often.

struct Params { outer: u32, n: u32, inner: u32, rows: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> values: array<vec4f>;
@group(0) @binding(1) var<storage, read> index: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  let inner = p.inner / 4u;
  if (e >= p.outer * p.rows * inner) { return; }
  let i = e % inner;
  let r = (e / inner) % p.rows;
  let o = e / (inner * p.rows);

  var total = vec4f(0.0);
  var at = o * p.n * inner + i;                   // values[o, j, i]
  for (var j = 0u; j < p.n; j += 4u) {
    let hit = (index[j / 4u] == vec4u(r)) & (vec4u(j) + vec4u(0u, 1u, 2u, 3u) < vec4u(p.n));
    if (hit.x) { total += values[at]; }
    if (hit.y) { total += values[at + inner]; }
    if (hit.z) { total += values[at + 2u * inner]; }
    if (hit.w) { total += values[at + 3u * inner]; }
    at += 4u * inner;
  }
  y[e] = total;
}
