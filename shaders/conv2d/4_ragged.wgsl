// conv2d / 4_ragged: y = the product [pixels, taps · ic] · [taps · ic, oc], for few or odd channels
//
// Layout    x is [batch, ih, iw, ic], w is [kh, kw, ic / groups, oc], y is [batch, oh, ow, oc]. Any
//           channels in one group, or groups of 4n output channels. x is 0 outside the image.
// Threads   32 per workgroup, 16 pixels × 4 output channels each, along the channels: many pixels,
//           since an image has few channels at the ends of a network. What hangs over is not
//           stored.
// Sync      none.
// Compare   2_implicit has squarer tiles and loads vec4s; 1_direct also takes groups.

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

// The corners of the windows of four pixels of y, and where in x they lie. Left of and above the
// image these are below zero: they wrap round, and back when a tap is added.
struct Pixels { at: vec4u, y: vec4u, x: vec4u }

fn windows(first: u32) -> Pixels {
  let q = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(p.batch * p.oh * p.ow - 1u));
  let y = q / p.ow % p.oh * p.sy - p.py;
  let x = q % p.ow * p.sx - p.px;
  return Pixels(((q / (p.oh * p.ow) * p.ih + y) * p.iw + x) * p.ic, y, x);
}

// Channel c of the four pixels under one tap; 0 outside the image.
fn under(q: Pixels, ky: u32, kx: u32, c: u32) -> vec4f {
  let down = ky * p.dy;
  let right = kx * p.dx;
  let inside = (q.y + down < vec4u(p.ih)) & (q.x + right < vec4u(p.iw));
  let at = select(vec4u(0u), q.at + (down * p.iw + right) * p.ic + c, inside);
  return select(vec4f(), vec4f(vec4<real>(x[at.x], x[at.y], x[at.z], x[at.w])), inside);
}

// All products of four pixels and four channels; rows are columns of the mat4x4f.
fn outer(a: vec4f, b: vec4f) -> mat4x4f { return mat4x4f(b * a.x, b * a.y, b * a.z, b * a.w); }

fn store_row(v: vec4f, pixel: u32, o: u32) {
  if (pixel >= p.batch * p.oh * p.ow) { return; }
  let i = pixel * p.oc + o;
  y[i] = real(epilogue(v.x, i));
  if (o + 1u < p.oc) { y[i + 1u] = real(epilogue(v.y, i + 1u)); }
  if (o + 2u < p.oc) { y[i + 2u] = real(epilogue(v.z, i + 2u)); }
  if (o + 3u < p.oc) { y[i + 3u] = real(epilogue(v.w, i + 3u)); }
}

fn store(rows: mat4x4f, pixel: u32, o: u32) {
  store_row(rows[0], pixel, o);
  store_row(rows[1], pixel + 1u, o);
  store_row(rows[2], pixel + 2u, o);
  store_row(rows[3], pixel + 3u, o);
}

@compute @workgroup_size(32)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.oc + 3u) / 4u;
  let tile = (wid.x + wid.y * num.x) * 32u + t;
  let pixel = tile / across * 16u;
  if (pixel >= p.batch * p.oh * p.ow) { return; }
  let o = tile % across * 4u;
  let per = p.ic / p.groups;
  let first = o / (p.oc / p.groups) * per;  // first input channel of the group
  let four = min(o + vec4u(0u, 1u, 2u, 3u), vec4u(p.oc - 1u));

  let q0 = windows(pixel);
  let q1 = windows(pixel + 4u);
  let q2 = windows(pixel + 8u);
  let q3 = windows(pixel + 12u);
  var y0 = mat4x4f();
  var y1 = mat4x4f();
  var y2 = mat4x4f();
  var y3 = mat4x4f();
  // One flat loop over the rows of w as a matrix: nested ones cost more where channels are few.
  for (var row = 0u; row < p.kh * p.kw * per; row++) {
    let tap = row / per;
    let c = first + row - tap * per;
    let ky = tap / p.kw;
    let kx = tap - ky * p.kw;
    let at = row * p.oc + four;
    let filters = vec4f(vec4<real>(w[at.x], w[at.y], w[at.z], w[at.w]));
    y0 += outer(under(q0, ky, kx, c), filters);
    y1 += outer(under(q1, ky, kx, c), filters);
    y2 += outer(under(q2, ky, kx, c), filters);
    y3 += outer(under(q3, ky, kx, c), filters);
  }

  store(y0, pixel, o);
  store(y1, pixel + 4u, o);
  store(y2, pixel + 8u, o);
  store(y3, pixel + 12u, o);
}
