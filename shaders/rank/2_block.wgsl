// rank / 2_block: y[i] = how many j have key[j] < key[i], or key[j] = key[i] and j < i
//
// Layout    key and y are [n], read and written as blocks of four. What a block holds past n counts
//           as the largest key, and what it receives there is padding.
// Threads   one per block of four keys; each key that is loaded serves all four.
// Sync      none.
// Compare   1_count gives one key to a thread and loads the whole list for it.

struct Params { n: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> key: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4u>;
@group(0) @binding(2) var<uniform> p: Params;

fn keys(j: u32) -> vec4u {
  let inside = vec4u(j * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(p.n);
  return select(vec4u(0xffffffffu), key[j], inside);
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let b = (wid.x + wid.y * num.x) * WIDTH + t;
  let blocks = (p.n + 3u) / 4u;
  if (b >= blocks) { return; }
  let m = keys(b);

  // Blocks before this one count keys that are equal, blocks after it don't.
  var below = vec4u(0u);
  for (var j = 0u; j < b; j++) {
    let k = keys(j);
    below += vec4u(k.xxxx <= m) + vec4u(k.yyyy <= m) + vec4u(k.zzzz <= m) + vec4u(k.wwww <= m);
  }
  for (var j = b + 1u; j < blocks; j++) {
    let k = keys(j);
    below += vec4u(k.xxxx < m) + vec4u(k.yyyy < m) + vec4u(k.zzzz < m) + vec4u(k.wwww < m);
  }
  // The same rule within the block.
  below += vec4u(m.xxxx <= m) * vec4u(0u, 1u, 1u, 1u);
  below += vec4u(m.yyyy <= m) * vec4u(0u, 0u, 1u, 1u) + vec4u(m.yyyy < m) * vec4u(1u, 0u, 0u, 0u);
  below += vec4u(m.zzzz <= m) * vec4u(0u, 0u, 0u, 1u) + vec4u(m.zzzz < m) * vec4u(1u, 1u, 0u, 0u);
  below += vec4u(m.wwww < m) * vec4u(1u, 1u, 1u, 0u);
  y[b] = below;
}
