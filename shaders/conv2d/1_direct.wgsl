// conv2d / 1_direct: y[b,q,o] = sum over taps t, channels i of x[b, s·q + d·t - p, i] · w[t,i,o]
//
// Layout    x is [batch, ih, iw, ic], w is [kh, kw, ic / groups, oc], y is [batch, oh, ow, oc].
//           Output channel o sees the input channels of its group. x is 0 outside the image.
// Threads   one element of y each, 64 per workgroup, along the channels of y.
// Sync      none.
// Compare   read this first. 2_implicit computes 64 elements per thread, as a matrix product.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32,
}

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> x: array<real>;
@group(0) @binding(1) var<storage, read> w: array<real>;
@group(0) @binding(2) var<storage, read_write> y: array<real>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.batch * p.oh * p.ow * p.oc) { return; }

  let o = i % p.oc;
  let ox = i / p.oc % p.ow;
  let oy = i / (p.oc * p.ow) % p.oh;
  let b = i / (p.oc * p.ow * p.oh);
  let per = p.ic / p.groups;
  let first = o / (p.oc / p.groups) * per;  // first input channel of the group

  var sum = 0.0;
  for (var ky = 0u; ky < p.kh; ky++) {
    let iy = oy * p.sy + ky * p.dy - p.py;  // above the image it wraps round to a huge number
    if (iy >= p.ih) { continue; }
    for (var kx = 0u; kx < p.kw; kx++) {
      let ix = ox * p.sx + kx * p.dx - p.px;
      if (ix >= p.iw) { continue; }
      let xat = ((b * p.ih + iy) * p.iw + ix) * p.ic + first;
      let wat = (ky * p.kw + kx) * per * p.oc + o;
      for (var c = 0u; c < per; c++) { sum += f32(x[xat + c]) * f32(w[wat + c * p.oc]); }
    }
  }
  y[i] = real(epilogue(sum, i));
}
