// conv2d / 5_depthwise: y[b,q,c] = sum over taps t of x[b, s·q + d·t - p, c] · w[t,c]
//
// Layout    x is [batch, ih, iw, ic], w is [kh, kw, 1, ic], y is [batch, oh, ow, ic], read as
//           vec4f: every channel is a group of its own, and their number is a multiple of 4. x is 0
//           outside.
// Threads   64 per workgroup, 4 channels of 4 neighbouring pixels of y each, along the channels.
// Sync      none.
// Compare   1_direct has one element per thread, and other groups.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32,
}

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> x: array<vec4<real>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<real>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<real>>;
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
  let pixels = p.batch * p.oh * p.ow;
  if (first >= pixels) { return; }

  // Left of and above the image corners are below zero: they wrap round, and back with a tap.
  let q = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(pixels - 1u));
  let iy = q / p.ow % p.oh * p.sy - p.py;
  let ix = q % p.ow * p.sx - p.px;
  let corner = ((q / (p.oh * p.ow) * p.ih + iy) * p.iw + ix) * fours + c;

  var y0 = vec4f();
  var y1 = vec4f();
  var y2 = vec4f();
  var y3 = vec4f();
  for (var tap = 0u; tap < p.kh * p.kw; tap++) {
    let down = tap / p.kw * p.dy;
    let right = tap % p.kw * p.dx;
    let inside = (iy + down < vec4u(p.ih)) & (ix + right < vec4u(p.iw));
    let at = select(vec4u(0u), corner + (down * p.iw + right) * fours, inside);
    let filters = vec4f(w[tap * fours + c]);
    y0 += select(vec4f(), vec4f(x[at.x]) * filters, inside.x);
    y1 += select(vec4f(), vec4f(x[at.y]) * filters, inside.y);
    y2 += select(vec4f(), vec4f(x[at.z]) * filters, inside.z);
    y3 += select(vec4f(), vec4f(x[at.w]) * filters, inside.w);
  }

  let o = first * fours + c;
  y[o] = vec4<real>(epilogue(y0, o * 4u));
  if (first + 1u < pixels) { y[o + fours] = vec4<real>(epilogue(y1, (o + fours) * 4u)); }
  if (first + 2u < pixels) { y[o + 2u * fours] = vec4<real>(epilogue(y2, (o + 2u * fours) * 4u)); }
  if (first + 3u < pixels) { y[o + 3u * fours] = vec4<real>(epilogue(y3, (o + 3u * fours) * 4u)); }
}
