// roofs / copy: y_i = x_i for n vec4s, wrapped into buffers of mask + 1
// Layout   neighbouring lanes touch neighbouring vec4s
// Threads  a fixed number strides over all n
// Sync     none
// Compare  read.wgsl, which stores nothing

struct Params {
  n: u32,
  mask: u32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let stride = groups.x * 256u;
  let n = p.n;
  let mask = p.mask;
  for (var i = id.x; i < n; i += 4u * stride) {
    y[i & mask] = x[i & mask];
    y[(i + stride) & mask] = x[(i + stride) & mask];
    y[(i + 2u * stride) & mask] = x[(i + 2u * stride) & mask];
    y[(i + 3u * stride) & mask] = x[(i + 3u * stride) & mask];
  }
}
