// gather_bytes / 2_words: y[o, j, i] = table[o, index[j], i], bytes to floats
//
// Layout    table is [outer, rows, inner] of bytes, four to a word, the first in the low bits.
//           index is [n], y is [outer, n, inner] of floats 0 ... 255. An index that is no row gives
//           the bits `missing` (NaN). For inner sizes that are multiples of 4.
// Threads   one per word of the table that is read, so per four neighbours of y.
// Sync      none.
// Compare   1_naive takes one byte per thread.

struct Params { outer: u32, rows: u32, inner: u32, n: u32, missing: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> table: array<u32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
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
  if (e >= p.outer * p.n * inner) { return; }
  let i = e % inner;
  let j = (e / inner) % p.n;
  let o = e / (inner * p.n);
  let row = index[j];
  let word = table[(o * p.rows + min(row, p.rows - 1u)) * inner + i];
  let bytes = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(0xffu);
  y[e] = select(vec4f(bitcast<f32>(p.missing)), vec4f(bytes), row < p.rows);
}
