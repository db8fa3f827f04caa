// resize_nearest / 1_plain: y[b, oy, ox, c] = x[b, ⌊oy · ih / oh⌋, ⌊ox · iw / ow⌋, c]
//
// Layout    x is [batch, ih, iw, ch], y is [batch, oh, ow, ch].
// Threads   one element of y each, 64 per workgroup, along the channels.
// Sync      none.
// Compare   resize_bilinear, which mixes four pixels; resize_nearest_input, the transpose.

struct Params { batch: u32, ih: u32, iw: u32, ch: u32, oh: u32, ow: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.batch * p.oh * p.ow * p.ch) { return; }
  let c = i % p.ch;
  let ox = i / p.ch % p.ow;
  let oy = i / (p.ch * p.ow) % p.oh;
  let b = i / (p.ch * p.ow * p.oh);

  y[i] = x[((b * p.ih + oy * p.ih / p.oh) * p.iw + ox * p.iw / p.ow) * p.ch + c];
}
