// gather / 2_vec4: y[o, j, i] = table[o, index[j], i]
//
// Layout    table is [outer, rows, inner], index is [n], y is [outer, n, inner], row-major.
//           The words are copied as they are, whatever they mean. An index that is no row gives
//           the bits `missing` (NaN for floats).
//           For inner sizes that are multiples of 4.
// Threads   one per four neighbours of y.
// Sync      none.
// Compare   1_naive moves one word per thread.

struct Params { outer: u32, rows: u32, inner: u32, n: u32, missing: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> table: array<vec4u>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4u>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  let inner = p.inner / 4u;
  if (e >= p.outer * p.n * inner) { return; }
  let i = e % inner;
  let j = (e / inner) % p.n;
  let o = e / (inner * p.n);
  let row = index[j];
  let words = table[(o * p.rows + min(row, p.rows - 1u)) * inner + i];
  y[e] = select(vec4u(p.missing), words, row < p.rows);
}
