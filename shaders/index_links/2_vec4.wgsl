// index_links / 2_vec4: first[r] = the first j with index[j] = r; next[j] = the one after j
//
// Layout    index and next are [n], first is [rows]. n stands for none. Entries that are no row are
//           in no list, and their `next` is not written. What the last four hold past n is ignored.
// Threads   one per row; each reads the whole index, four entries at a time.
// Sync      none; an entry has one row, so only one thread writes its `next`.
// Compare   1_scan is the same with single entries.

struct Params { n: u32, rows: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> index: array<vec4u>;
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
  var after = p.n;
  for (var block = (p.n + 3u) / 4u; block > 0u; block--) {
    let j = (block - 1u) * 4u;
    let hit = (index[block - 1u] == vec4u(r)) & (vec4u(j, j + 1u, j + 2u, j + 3u) < vec4u(p.n));
    if (any(hit)) {
      if (hit.w) { next[j + 3u] = after; after = j + 3u; }
      if (hit.z) { next[j + 2u] = after; after = j + 2u; }
      if (hit.y) { next[j + 1u] = after; after = j + 1u; }
      if (hit.x) { next[j] = after; after = j; }
    }
  }
  first[r] = after;
}
