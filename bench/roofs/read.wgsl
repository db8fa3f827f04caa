// roofs / read: y_t = Σ x_i over the i of thread t, for n vec4s, wrapped into a buffer of mask + 1
// Layout   neighbouring lanes read neighbouring vec4s
// Threads  a fixed number strides over all n; each stores one sum
// Sync     none
// Compare  copy.wgsl, which stores as much as it reads

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
  var even = vec4f();
  var odd = vec4f();
  for (var i = id.x; i < n; i += 4u * stride) {
    even += x[i & mask];
    odd += x[(i + stride) & mask];
    even += x[(i + 2u * stride) & mask];
    odd += x[(i + 3u * stride) & mask];
  }
  y[id.x & mask] = even + odd;
}
