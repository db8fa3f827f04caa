// concat / 1_naive: y[o, offset + i] = x[o, i]
//
// One dispatch puts one of the joined tensors in its place.
//
// Layout    x is [outer, inner], y is [outer, width], row-major: sizes of the joined axis times
//           what lies within it. Words are copied as they are.
// Threads   one per element of x.
// Sync      none.
// Compare   2_vec4 moves four neighbours at a time.

struct Params { outer: u32, inner: u32, width: u32, offset: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.outer * p.inner) { return; }
  y[e / p.inner * p.width + p.offset + e % p.inner] = x[e];
}
