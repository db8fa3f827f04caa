// conv2d_weight / 1_direct: dw[s,t,i,o] = sum over b, q of x[b, s·q + d·t - p, i] · g[b,q,o]
//
// Layout    x is [batch, ih, iw, ic], g is [batch, oh, ow, oc], dw is [chunks, kh, kw, ic / groups,
//           oc]. Chunk s sums the rows s·chunk ... (s + 1)·chunk - 1 of the batch · oh rows of g.
// Threads   one element of dw each, 64 per workgroup, along the channels of g.
// Sync      none: the chunks are summed in order by a second pass, so the result is always the
//           same.
// Compare   conv2d/1_direct, whose gradient this is. 2_implicit has 64 elements per thread.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32, chunk: u32, chunks: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let per = p.ic / p.groups;
  let i = (wid.x + wid.y * num.x) * 64u + t;
  let o = i % p.oc;
  let channel = o / (p.oc / p.groups) * per + i / p.oc % per;
  let kx = i / (p.oc * per) % p.kw;
  let ky = i / (p.oc * per * p.kw) % p.kh;
  let chunk = i / (p.oc * per * p.kw * p.kh);
  if (chunk >= p.chunks) { return; }

  var sum = 0.0;
  let end = min((chunk + 1u) * p.chunk, p.batch * p.oh);
  for (var row = chunk * p.chunk; row < end; row++) {
    let iy = row % p.oh * p.sy + ky * p.dy - p.py;  // above the image it wraps to a huge number
    if (iy >= p.ih) { continue; }
    let line = (row / p.oh * p.ih + iy) * p.iw;
    var part = 0.0;
    for (var ox = 0u; ox < p.ow; ox++) {
      let ix = ox * p.sx + kx * p.dx - p.px;
      if (ix >= p.iw) { continue; }
      part += x[(line + ix) * p.ic + channel] * g[(row * p.ow + ox) * p.oc + o];
    }
    sum += part;
  }
  dw[i] = epilogue(sum, i);
}
