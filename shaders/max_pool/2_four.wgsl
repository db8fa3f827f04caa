// max_pool / 2_four: y[b,q,c] = max over k of x[b, s·q + k - p, c]; index: the first such k
//
// Layout    x is [batch, ih, iw, ch]; y and index are [batch, oh, ow, ch]. k counts the pixels of
//           the kh × kw window row by row; what is outside the image does not count. NaN wins. Read
//           and written four channels at a time: ch is a multiple of 4.
// Threads   four neighbouring channels of a pixel of y each, 64 per workgroup.
// Sync      none.
// Compare   1_plain, the same one element at a time.

struct Params {
  batch: u32, ih: u32, iw: u32, ch: u32, oh: u32, ow: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, py: u32, px: u32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> index: array<vec4u>;
@group(0) @binding(3) var<uniform> p: Params;

fn is_nan(v: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(v) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u);
}

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

  var best = vec4f();
  var first = vec4u();
  var fresh = vec4<bool>(true);
  for (var k = 0u; k < p.kh * p.kw; k++) {
    let iy = oy * p.sy + k / p.kw - p.py;  // above the image it wraps round to a huge number
    let ix = ox * p.sx + k % p.kw - p.px;
    if ((iy >= p.ih) | (ix >= p.iw)) { continue; }
    let v = x[((b * p.ih + iy) * p.iw + ix) * ch + c];
    let better = fresh | (!is_nan(best) & ((v > best) | is_nan(v)));
    best = select(best, v, better);
    first = select(first, vec4u(k), better);
    fresh = vec4<bool>(false);
  }
  y[i] = best;
  index[i] = first;
}
