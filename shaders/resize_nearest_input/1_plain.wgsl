// resize_nearest_input / 1_plain: dx[b,r,c] = sum of g[b,q,c] over the q that take from r
//
// Layout    g is [batch, oh, ow, ch], dx is [batch, ih, iw, ch].
// Threads   one element of dx each, 64 per workgroup, along the channels.
// Sync      none: a thread gathers what its element receives, so nothing is added twice.
// Compare   resize_nearest, whose transpose this is.

struct Params { batch: u32, ih: u32, iw: u32, ch: u32, oh: u32, ow: u32 }

@group(0) @binding(0) var<storage, read> g: array<f32>;
@group(0) @binding(1) var<storage, read_write> dx: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.batch * p.ih * p.iw * p.ch) { return; }
  let c = i % p.ch;
  let ix = i / p.ch % p.iw;
  let iy = i / (p.ch * p.iw) % p.ih;
  let b = i / (p.ch * p.iw * p.ih);

  // ⌊q · ih / oh⌋ = iy for the q from ⌈iy · oh / ih⌉ until ⌈(iy + 1) · oh / ih⌉.
  var sum = 0.0;
  for (var oy = (iy * p.oh + p.ih - 1u) / p.ih; oy * p.ih < (iy + 1u) * p.oh; oy++) {
    for (var ox = (ix * p.ow + p.iw - 1u) / p.iw; ox * p.iw < (ix + 1u) * p.ow; ox++) {
      sum += g[((b * p.oh + oy) * p.ow + ox) * p.ch + c];
    }
  }
  dx[i] = sum;
}
