// index_links / 1_scan: first[r] = the first j with index[j] = r; next[j] = the one after j
//
// Lists of the entries of each row, in order: what scatter_add walks along. Every row looks for its
// own entries: no atomics, so the same lists every time.
//
// Layout    index and next are [n], first is [rows]. n stands for none. Entries that are no row are
//           in no list, and their `next` is not written.
// Threads   one per row; each reads the whole index, the same entry as its neighbours.
// Sync      none; an entry has one row, so only one thread writes its `next`.
// Compare   2_vec4 reads four entries at a time.

struct Params { n: u32, rows: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read_write> first: array<u32>;
@group(0) @binding(2) var<storage, read_write> next: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let r = (wid.x + wid.y * num.x) * WIDTH + t;
  if (r >= p.rows) { return; }
  // From the last entry to the first, so that each finds the one after it already known.
  var after = p.n;
  for (var k = p.n; k > 0u; k--) {
    let j = k - 1u;
    if (index[j] == r) {
      next[j] = after;
      after = j;
    }
  }
  first[r] = after;
}
