// avg_pool / 1_plain: y[b,q,c] = sum over the window k of x[b, s·q + k - p, c] / (kh · kw)
//
// Layout    x is [batch, ih, iw, ch], y is [batch, oh, ow, ch]. x is 0 outside the image, and
//           counts.
// Threads   one element of y each, 64 per workgroup, along the channels.
// Sync      none.
// Compare   avg_pool_input, its transpose.

struct Params {
  batch: u32, ih: u32, iw: u32, ch: u32, oh: u32, ow: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, py: u32, px: u32,
}

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

  var sum = 0.0;
  for (var ky = 0u; ky < p.kh; ky++) {
    let iy = oy * p.sy + ky - p.py;  // above the image it wraps round to a huge number
    if (iy >= p.ih) { continue; }
    for (var kx = 0u; kx < p.kw; kx++) {
      let ix = ox * p.sx + kx - p.px;
      if (ix >= p.iw) { continue; }
      sum += x[((b * p.ih + iy) * p.iw + ix) * p.ch + c];
    }
  }
  y[i] = sum / f32(p.kh * p.kw);
}
