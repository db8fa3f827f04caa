// resize_nearest / 2_four: y[b, oy, ox, c] = x[b, ⌊oy · ih / oh⌋, ⌊ox · iw / ow⌋, c]
//
// Layout    x is [batch, ih, iw, ch], y is [batch, oh, ow, ch]. Read and written four channels at a
//           time: ch is a multiple of 4.
// Threads   four neighbouring channels of a pixel of y each, 64 per workgroup.
// Sync      none.
// Compare   1_plain, the same one element at a time.

struct Params { batch: u32, ih: u32, iw: u32, ch: u32, oh: u32, ow: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let ch = p.ch / 4u;
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.batch * p.oh * p.ow * ch) { return; }
  let c = i % ch;
  let ox = i / ch % p.ow;
  let oy = i / (ch * p.ow) % p.oh;
  let b = i / (ch * p.ow * p.oh);

  y[i] = x[((b * p.ih + oy * p.ih / p.oh) * p.iw + ox * p.iw / p.ow) * ch + c];
}
