// max_pool_input / 2_four: dx[b,r,c] = sum of g[b,q,c] over q with s·q + index[b,q,c] - p = r
//
// Layout    g and index are [batch, oh, ow, ch], dx is [batch, ih, iw, ch]. The index counts the
//           pixels of the kh × kw window row by row, as max_pool leaves it. Read and written four
//           channels at a time: ch is a multiple of 4.
// Threads   four neighbouring channels of a pixel of dx each, 64 per workgroup.
// Sync      none: a thread gathers what its element receives, so nothing is added twice.
// Compare   1_plain, the same one element at a time.

struct Params {
  batch: u32, ih: u32, iw: u32, ch: u32, oh: u32, ow: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, py: u32, px: u32,
}

@group(0) @binding(0) var<storage, read> g: array<vec4f>;
@group(0) @binding(1) var<storage, read> index: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let ch = p.ch / 4u;
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.batch * p.ih * p.iw * ch) { return; }
  let c = i % ch;
  let ix = i / ch % p.iw;
  let iy = i / (ch * p.iw) % p.ih;
  let b = i / (ch * p.iw * p.ih);

  // The windows q that contain the pixel: s·q - p <= i < s·q - p + k.
  let top = (max(iy + p.py + 1u, p.kh) - p.kh + p.sy - 1u) / p.sy;
  let left = (max(ix + p.px + 1u, p.kw) - p.kw + p.sx - 1u) / p.sx;
  let low = min((iy + p.py) / p.sy + 1u, p.oh);
  let right = min((ix + p.px) / p.sx + 1u, p.ow);
  var sum = vec4f();
  for (var oy = top; oy < low; oy++) {
    for (var ox = left; ox < right; ox++) {
      let q = ((b * p.oh + oy) * p.ow + ox) * ch + c;
      let here = (iy + p.py - oy * p.sy) * p.kw + ix + p.px - ox * p.sx;
      sum += select(vec4f(), g[q], index[q] == vec4u(here));
    }
  }
  dx[i] = sum;
}
