// conv2d_input / 1_direct: dx[b,r,i] = sum of g[b,q,o] · w[t,i,o] over q, t with s·q + d·t - p = r
//
// Layout    g is [batch, oh, ow, oc], w is [kh, kw, ic / groups, oc], dx is [batch, ih, iw, ic].
//           Input channel i is seen by the output channels of its group.
// Threads   one element of dx each, 64 per workgroup, along the channels of dx.
// Sync      none: a thread gathers what its element receives, so nothing is added twice.
// Compare   conv2d/1_direct, whose transpose this is. 2_implicit has 64 elements per thread.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32,
}

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> g: array<real>;
@group(0) @binding(1) var<storage, read> w: array<real>;
@group(0) @binding(2) var<storage, read_write> dx: array<real>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.batch * p.ih * p.iw * p.ic) { return; }

  let channel = i % p.ic;
  let ix = i / p.ic % p.iw;
  let iy = i / (p.ic * p.iw) % p.ih;
  let b = i / (p.ic * p.iw * p.ih);
  let per = p.ic / p.groups;
  let fan = p.oc / p.groups;
  let first = channel / per * fan;  // first output channel of the group

  var sum = 0.0;
  for (var ky = 0u; ky < p.kh; ky++) {
    let ty = iy + p.py - ky * p.dy;  // below zero it wraps round to a huge number
    if ((ty % p.sy != 0u) | (ty / p.sy >= p.oh)) { continue; }
    for (var kx = 0u; kx < p.kw; kx++) {
      let tx = ix + p.px - kx * p.dx;
      if ((tx % p.sx != 0u) | (tx / p.sx >= p.ow)) { continue; }
      let gat = ((b * p.oh + ty / p.sy) * p.ow + tx / p.sx) * p.oc + first;
      let wat = ((ky * p.kw + kx) * per + channel % per) * p.oc + first;
      for (var c = 0u; c < fan; c++) { sum += f32(g[gat + c]) * f32(w[wat + c]); }
    }
  }
  dx[i] = real(epilogue(sum, i));
}
