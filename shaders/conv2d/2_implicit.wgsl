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

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

struct Pixels { image: vec4u, y: vec4u, x: vec4u }

// The corners, in x, of the windows of four pixels of y. Left of and above the image they wrap
// round to huge numbers.
fn windows(first: u32) -> Pixels {
  let at = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(p.batch * p.oh * p.ow - 1u));
  let oy = at / p.ow % p.oh;
  return Pixels(at / (p.oh * p.ow), oy * p.sy - p.py, at % p.ow * p.sx - p.px);
}

struct Lines { at: vec4u, inside: vec4<bool> }

// Where the four pixels under one tap lie in x, in vec4s, and which of them are inside the image.
fn under(c: Pixels, ky: u32, kx: u32) -> Lines {
  let iy = c.y + ky * p.dy;
  let ix = c.x + kx * p.dx;
  let inside = (iy < vec4u(p.ih)) & (ix < vec4u(p.iw));
  return Lines(((c.image * p.ih + iy) * p.iw + ix) * (p.ic / 4u), inside);
}

// Four pixels by four input channels, and those by four output channels; rows are columns here.
fn block_x(l: Lines, c: u32) -> mat4x4f {
  let at = select(vec4u(0u), l.at + c, l.inside);
  return mat4x4f(
    select(vec4f(), x[at.x], l.inside.x),
    select(vec4f(), x[at.y], l.inside.y),
    select(vec4f(), x[at.z], l.inside.z),
    select(vec4f(), x[at.w], l.inside.w));
}

fn block_w(at: u32) -> mat4x4f {
  let row = p.oc / 4u;
  return mat4x4f(w[at], w[at + row], w[at + 2u * row], w[at + 3u * row]);
}

fn store(rows: mat4x4f, pixel: u32, o: u32) {
  if (o >= p.oc) { return; }
  let end = p.batch * p.oh * p.ow;
  let i = pixel * p.oc + o;
  if (pixel < end) { y[i / 4u] = epilogue(rows[0], i); }
  if (pixel + 1u < end) { y[(i + p.oc) / 4u] = epilogue(rows[1], i + p.oc); }
  if (pixel + 2u < end) { y[(i + 2u * p.oc) / 4u] = epilogue(rows[2], i + 2u * p.oc); }
  if (pixel + 3u < end) { y[(i + 3u * p.oc) / 4u] = epilogue(rows[3], i + 3u * p.oc); }
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
  for (var tap = 0u; tap < p.kh * p.kw; tap++) {
    let xtop = under(top, tap / p.kw, tap % p.kw);
    let xlow = under(low, tap / p.kw, tap % p.kw);
    for (var c = 0u; c < p.ic; c += 4u) {
      let a = block_x(xtop, c / 4u);
      let b = block_x(xlow, c / 4u);
      let row = (tap * p.ic + c) * (p.oc / 4u);
      let wleft = block_w(row + left);
      y00 += wleft * a;  // x · w, transposed as the blocks are
      y10 += wleft * b;
      let wright = block_w(row + right);
      y01 += wright * a;
      y11 += wright * b;
    }
  }

  store(y00, pixel, o);
  store(y01, pixel, o + 4u);
  store(y10, pixel + 4u, o);
  store(y11, pixel + 4u, o + 4u);
}
