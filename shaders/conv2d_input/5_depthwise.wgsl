// conv2d_input / 5_depthwise: dx[b,r,c] = sum of g[b,q,c] · w[t,c] over q, t with s·q + d·t - p = r
//
// Layout    g is [batch, oh, ow, ic], w is [kh, kw, 1, ic], dx is [batch, ih, iw, ic], read as
//           vec4f: every channel is a group of its own, and their number is a multiple of 4.
// Threads   64 per workgroup, 4 channels of 4 neighbouring pixels of dx each, along the channels.
// Sync      none: a thread gathers what its elements receive, so nothing is added twice.
// Compare   conv2d/5_depthwise, whose transpose this is; 1_direct has other groups.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32,
}

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> g: array<vec4<real>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<real>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<real>>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let fours = p.ic / 4u;
  let i = (wid.x + wid.y * num.x) * 64u + t;
  let c = i % fours;
  let first = i / fours * 4u;
  let pixels = p.batch * p.ih * p.iw;
  if (first >= pixels) { return; }

  let r = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(pixels - 1u));
  let iy = r / p.iw % p.ih + p.py;
  let ix = r % p.iw + p.px;
  let image = r / (p.ih * p.iw) * p.oh;

  var d0 = vec4f();
  var d1 = vec4f();
  var d2 = vec4f();
  var d3 = vec4f();
  for (var tap = 0u; tap < p.kh * p.kw; tap++) {
    let ty = iy - tap / p.kw * p.dy;  // below zero these wrap round to huge numbers
    let tx = ix - tap % p.kw * p.dx;
    let oy = ty / p.sy;
    let ox = tx / p.sx;
    let met = (oy * p.sy == ty) & (ox * p.sx == tx);
    let inside = met & (oy < vec4u(p.oh)) & (ox < vec4u(p.ow));
    let at = select(vec4u(0u), ((image + oy) * p.ow + ox) * fours + c, inside);
    let filters = vec4f(w[tap * fours + c]);
    d0 += select(vec4f(), vec4f(g[at.x]) * filters, inside.x);
    d1 += select(vec4f(), vec4f(g[at.y]) * filters, inside.y);
    d2 += select(vec4f(), vec4f(g[at.z]) * filters, inside.z);
    d3 += select(vec4f(), vec4f(g[at.w]) * filters, inside.w);
  }

  let o = first * fours + c;
  dx[o] = vec4<real>(epilogue(d0, o * 4u));
  if (first + 1u < pixels) { dx[o + fours] = vec4<real>(epilogue(d1, (o + fours) * 4u)); }
  if (first + 2u < pixels) { dx[o + 2u * fours] = vec4<real>(epilogue(d2, (o + 2u * fours) * 4u)); }
  if (first + 3u < pixels) { dx[o + 3u * fours] = vec4<real>(epilogue(d3, (o + 3u * fours) * 4u)); }
}
