// rank / 1_count: y[i] = how many j have key[j] < key[i], or key[j] = key[i] and j < i
//
// The place of each key in the sorted order, the earlier of equal keys first: a permutation. Of
// random keys it is a random one.
//
// Layout    key and y are [n].
// Threads   one per key.
// Sync      none.
// Compare   2_block gives four keys to a thread, so each key that is loaded serves four.

struct Params { n: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> key: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * WIDTH + t;
  if (i >= p.n) { return; }
  let mine = key[i];
  var below = 0u;
  for (var j = 0u; j < i; j++) { below += u32(key[j] <= mine); }
  for (var j = i + 1u; j < p.n; j++) { below += u32(key[j] < mine); }
  y[i] = below;
}
