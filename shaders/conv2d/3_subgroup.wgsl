// conv2d / 3_subgroup: y = the product [pixels, taps · ic] · [taps · ic, oc], never built
//
// Layout    x is [batch, ih, iw, ic], w is [kh, kw, ic, oc], y is [batch, oh, ow, oc], read as
//           vec4f: ic and oc are multiples of 4, and there is one group. x is 0 outside the image.
// Threads   one subgroup of SIZE lanes per workgroup: 16 pixels, and 8 output channels per lane
//           (two blocks of 4, 4 · SIZE apart). What hangs over is not stored.
// Sync      none. Of a block of four pixels, lane e loads pixel e and broadcasts its channels.
// Compare   2_implicit loads all pixels in every thread.

enable subgroups;

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32,
}

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> x: array<vec4<real>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<real>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<real>>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// The corner of this lane's window in each of four blocks of four pixels, and where in x it lies,
// in vec4s. Left of and above the image these are below zero: they wrap round, and back with a tap.
struct Pixels { at: vec4u, y: vec4u, x: vec4u }

fn windows(first: u32) -> Pixels {
  let q = min(first + vec4u(0u, 4u, 8u, 12u), vec4u(p.batch * p.oh * p.ow - 1u));
  let y = q / p.ow % p.oh * p.sy - p.py;
  let x = q % p.ow * p.sx - p.px;
  return Pixels(((q / (p.oh * p.ow) * p.ih + y) * p.iw + x) * (p.ic / 4u), y, x);
}

// Four pixels by four input channels; rows are columns here.
fn block_x(at: u32, inside: bool) -> mat4x4f {
  let line = select(vec4f(), vec4f(x[at]), inside);
  return mat4x4f(
    subgroupBroadcast(line, 0u),
    subgroupBroadcast(line, 1u),
    subgroupBroadcast(line, 2u),
    subgroupBroadcast(line, 3u));
}

// Four input channels by four output channels.
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

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let across = (p.oc + 8u * SIZE - 1u) / (8u * SIZE);
  let group = wid.x + wid.y * num.x;
  let pixel = group / across * 16u;
  if (pixel >= p.batch * p.oh * p.ow) { return; }
  let o = group % across * 8u * SIZE + lane * 4u;
  let left = min(o, p.oc - 4u) / 4u;
  let right = min(o + 4u * SIZE, p.oc - 4u) / 4u;

  let mine = windows(pixel + lane % 4u);
  var y00 = mat4x4f();
  var y01 = mat4x4f();
  var y10 = mat4x4f();
  var y11 = mat4x4f();
  var y20 = mat4x4f();
  var y21 = mat4x4f();
  var y30 = mat4x4f();
  var y31 = mat4x4f();
  for (var row = 0u; row < p.kh * p.kw * p.ic; row += 4u) {  // four rows of w as a matrix
    let tap = row / p.ic;
    let down = tap / p.kw * p.dy;
    let over = tap % p.kw * p.dx;
    let c = (row - tap * p.ic) / 4u;
    let inside = (mine.y + down < vec4u(p.ih)) & (mine.x + over < vec4u(p.iw));
    let under = mine.at + (down * p.iw + over) * (p.ic / 4u) + c;
    let at = select(vec4u(0u), under, inside);
    let x0 = block_x(at.x, inside.x);
    let x1 = block_x(at.y, inside.y);
    let x2 = block_x(at.z, inside.z);
    let x3 = block_x(at.w, inside.w);
    let wleft = block_w(row * (p.oc / 4u) + left);
    y00 += wleft * x0;  // x · w, transposed as the blocks are
    y10 += wleft * x1;
    y20 += wleft * x2;
    y30 += wleft * x3;
    let wright = block_w(row * (p.oc / 4u) + right);
    y01 += wright * x0;
    y11 += wright * x1;
    y21 += wright * x2;
    y31 += wright * x3;
  }

  store(y00, pixel, o);
  store(y01, pixel, o + 4u * SIZE);
  store(y10, pixel + 4u, o);
  store(y11, pixel + 4u, o + 4u * SIZE);
  store(y20, pixel + 8u, o);
  store(y21, pixel + 8u, o + 4u * SIZE);
  store(y30, pixel + 12u, o);
  store(y31, pixel + 12u, o + 4u * SIZE);
}
