// max_pool_pick / 1_plain: y[b,q,c] = x[b, s·q + index[b,q,c] - p, c]
//
// Layout    x is [batch, ih, iw, ch], index and y are [batch, oh, ow, ch]. The index counts the
//           pixels of the kh × kw window row by row, as max_pool leaves it.
// Threads   one element of y each, 64 per workgroup, along the channels.
// Sync      none.
// Compare   max_pool, which finds the index; max_pool_input, the transpose.

struct Params {
  batch: u32, ih: u32, iw: u32, ch: u32, oh: u32, ow: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, py: u32, px: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

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

  let iy = oy * p.sy + index[i] / p.kw - p.py;
  let ix = ox * p.sx + index[i] % p.kw - p.px;
  y[i] = x[((b * p.ih + iy) * p.iw + ix) * p.ch + c];
}
