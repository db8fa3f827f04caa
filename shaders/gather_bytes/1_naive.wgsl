// gather_bytes / 1_naive: y[o, j, i] = table[o, index[j], i], bytes to floats
//
// Layout    table is [outer, rows, inner] of bytes, four to a word, the first in the low bits.
//           index is [n], y is [outer, n, inner] of floats 0 ... 255. An index that is no row gives
//           the bits `missing` (NaN).
// Threads   one per element of y.
// Sync      none.
// Compare   2_words takes the four bytes of a word at once.

struct Params { outer: u32, rows: u32, inner: u32, n: u32, missing: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> table: array<u32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.outer * p.n * p.inner) { return; }
  let i = e % p.inner;
  let j = (e / p.inner) % p.n;
  let o = e / (p.inner * p.n);
  let row = index[j];
  let at = (o * p.rows + min(row, p.rows - 1u)) * p.inner + i;
  let byte = (table[at / 4u] >> (at % 4u * 8u)) & 0xffu;
  y[e] = select(bitcast<f32>(p.missing), f32(byte), row < p.rows);
}
