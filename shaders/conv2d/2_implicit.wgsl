// conv2d / 2_implicit: y = the product [pixels, taps · ic] · [taps · ic, oc], never built
//
// Layout    x is [batch, ih, iw, ic], w is [kh, kw, ic, oc], y is [batch, oh, ow, oc], read as
//           vec4f: ic and oc are multiples of 4, and there is one group. x is 0 outside the image.
// Threads   64 per workgroup, 8 pixels × 8 output channels each (four 4 × 4 blocks), along the
//           channels. What hangs over repeats the last pixel or channels and is not stored.
// Sync      none.
// Compare   1_direct is the definition; 3_subgroup shares the loads of x between lanes.

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

// The corners of the windows of four pixels of y, and where in x they lie, in vec4s. Left of and
// above the image these are below zero: they wrap round, and back when a tap is added.
struct Pixels { at: vec4u, y: vec4u, x: vec4u }

fn windows(first: u32) -> Pixels {
  let q = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(p.batch * p.oh * p.ow - 1u));
  let y = q / p.ow % p.oh * p.sy - p.py;
  let x = q % p.ow * p.sx - p.px;
  return Pixels(((q / (p.oh * p.ow) * p.ih + y) * p.iw + x) * (p.ic / 4u), y, x);
}

// Four input channels from 4c on of the four pixels under one tap, 0 outside the image, and those
// by four output channels; rows are columns here.
fn block_x(q: Pixels, ky: u32, kx: u32, c: u32) -> mat4x4f {
  let down = ky * p.dy;
  let right = kx * p.dx;
  let inside = (q.y + down < vec4u(p.ih)) & (q.x + right < vec4u(p.iw));
  let at = select(vec4u(0u), q.at + (down * p.iw + right) * (p.ic / 4u) + c, inside);
  return mat4x4f(
    select(vec4f(), vec4f(x[at.x]), inside.x),
    select(vec4f(), vec4f(x[at.y]), inside.y),
    select(vec4f(), vec4f(x[at.z]), inside.z),
    select(vec4f(), vec4f(x[at.w]), inside.w));
}

fn block_w(at: u32) -> mat4x4f {
  let row = p.oc / 4u;
  return mat4x4f(
    vec4f(w[at]), vec4f(w[at + row]), vec4f(w[at + 2u * row]), vec4f(w[at + 3u * row]));
}

fn store(rows: mat4x4f, pixel: u32, o: u32) {
  if (o >= p.oc) { return; }
  let end = p.batch * p.oh * p.ow;
  let i = pixel * p.oc + o;
  if (pixel < end) { y[i / 4u] = vec4<real>(epilogue(rows[0], i)); }
  if (pixel + 1u < end) { y[(i + p.oc) / 4u] = vec4<real>(epilogue(rows[1], i + p.oc)); }
  if (pixel + 2u < end) { y[(i + 2u * p.oc) / 4u] = vec4<real>(epilogue(rows[2], i + 2u * p.oc)); }
  if (pixel + 3u < end) { y[(i + 3u * p.oc) / 4u] = vec4<real>(epilogue(rows[3], i + 3u * p.oc)); }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.oc + 7u) / 8u;
  let tile = (wid.x + wid.y * num.x) * 64u + t;
  let pixel = tile / across * 8u;
  if (pixel >= p.batch * p.oh * p.ow) { return; }
  let o = tile % across * 8u;
  let left = o / 4u;
  let right = min(o + 4u, p.oc - 4u) / 4u;

  let top = windows(pixel);
  let low = windows(pixel + 4u);
  var y00 = mat4x4f();
  var y01 = mat4x4f();
  var y10 = mat4x4f();
  var y11 = mat4x4f();
  for (var row = 0u; row < p.kh * p.kw * p.ic; row += 4u) {  // four rows of w as a matrix
    let tap = row / p.ic;
    let ky = tap / p.kw;
    let kx = tap - ky * p.kw;
    let c = (row - tap * p.ic) / 4u;
    let a = block_x(top, ky, kx, c);
    let b = block_x(low, ky, kx, c);
    let wleft = block_w(row * (p.oc / 4u) + left);
    y00 += wleft * a;  // x · w, transposed as the blocks are
    y10 += wleft * b;
    let wright = block_w(row * (p.oc / 4u) + right);
    y01 += wright * a;
    y11 += wright * b;
  }

  store(y00, pixel, o);
  store(y01, pixel, o + 4u);
  store(y10, pixel + 4u, o);
  store(y11, pixel + 4u, o + 4u);
}
