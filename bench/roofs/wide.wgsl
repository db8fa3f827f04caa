// roofs / wide: y_i = x_i for n matrices of 64 bytes, wrapped into buffers of mask + 1
// Layout   a thread moves 64 bytes that lie together, which CPU drivers do faster than four vec4s
// Threads  a fixed number strides over all n
// Sync     none
// Compare  copy.wgsl, whose neighbours touch neighbouring vec4s

struct Params {
  n: u32,
  mask: u32,
}

@group(0) @binding(0) var<storage, read> x: array<mat4x4f>;
@group(0) @binding(1) var<storage, read_write> y: array<mat4x4f>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let stride = groups.x * 64u;
  let n = p.n;
  let mask = p.mask;
  for (var i = id.x; i < n; i += stride) { y[i & mask] = x[i & mask]; }
}
