// max_pool / 1_plain: y[b,q,c] = max over k of x[b, s·q + k - p, c]; index: the first such k
//
// Layout    x is [batch, ih, iw, ch]; y and index are [batch, oh, ow, ch]. k counts the pixels of
//           the kh × kw window row by row; what is outside the image does not count. NaN wins.
// Threads   one element of y each, 64 per workgroup, along the channels.
// Sync      none.
// Compare   max_pool_input and max_pool_pick, which use the index.

struct Params {
  batch: u32, ih: u32, iw: u32, ch: u32, oh: u32, ow: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, py: u32, px: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> index: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u; }

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

  var best = 0.0;
  var first = 0u;
  var found = false;
  for (var k = 0u; k < p.kh * p.kw; k++) {
    let iy = oy * p.sy + k / p.kw - p.py;  // above the image it wraps round to a huge number
    let ix = ox * p.sx + k % p.kw - p.px;
    if ((iy >= p.ih) | (ix >= p.iw)) { continue; }
    let v = x[((b * p.ih + iy) * p.iw + ix) * p.ch + c];
    if (!found | (!is_nan(best) & ((v > best) | is_nan(v)))) {
      best = v;
      first = k;
    }
    found = true;
  }
  y[i] = best;
  index[i] = first;
}
