// conv2d_input / 2_implicit: dx = the product [pixels, taps · oc] · [taps · oc, ic], never built
//
// Layout    g is [batch, oh, ow, oc], w is [kh, kw, ic, oc], dx is [batch, ih, iw, ic], read as
//           vec4f: ic and oc are multiples of 4, and there is one group.
// Threads   64 per workgroup, 8 pixels × 8 channels of dx each (four 4 × 4 blocks). All pixels of a
//           thread have the same position modulo the stride, so a tap counts for all or for none.
// Sync      none.
// Compare   conv2d/2_implicit, whose transpose this is; 3_subgroup shares the loads of g.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32,
}

@group(0) @binding(0) var<storage, read> g: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Four pixels of one phase (fy, fx): those of dx at (y · sy + fy, x · sx + fx).
struct Pixels { image: vec4u, y: vec4u, x: vec4u }

fn pixels(first: u32, down: u32, across: u32) -> Pixels {
  let at = first + vec4u(0u, 1u, 2u, 3u);
  return Pixels(at / (down * across), at / across % down, at % across);
}

struct Lines { at: vec4u, inside: vec4<bool> }

// Where in g, in vec4s, the four pixels receive from under a tap that moves them by (my, mx).
fn under(c: Pixels, my: u32, mx: u32) -> Lines {
  let oy = c.y + my;
  let ox = c.x + mx;
  let inside = (oy < vec4u(p.oh)) & (ox < vec4u(p.ow)) & (c.image < vec4u(p.batch));
  return Lines(((c.image * p.oh + oy) * p.ow + ox) * (p.oc / 4u), inside);
}

// Four pixels by four output channels, and those by four input channels; rows are columns here.
fn block_g(l: Lines, c: u32) -> mat4x4f {
  let at = select(vec4u(0u), l.at + c, l.inside);
  return mat4x4f(
    select(vec4f(), g[at.x], l.inside.x),
    select(vec4f(), g[at.y], l.inside.y),
    select(vec4f(), g[at.z], l.inside.z),
    select(vec4f(), g[at.w], l.inside.w));
}

fn block_w(at: u32) -> mat4x4f {
  let row = p.oc / 4u;
  return transpose(mat4x4f(w[at], w[at + row], w[at + 2u * row], w[at + 3u * row]));
}

fn store_row(v: vec4f, image: u32, iy: u32, ix: u32, channel: u32) {
  if ((image >= p.batch) | (iy >= p.ih) | (ix >= p.iw) | (channel >= p.ic)) { return; }
  let i = ((image * p.ih + iy) * p.iw + ix) * p.ic + channel;
  dx[i / 4u] = epilogue(v, i);
}

fn store(rows: mat4x4f, c: Pixels, fy: u32, fx: u32, channel: u32) {
  let iy = c.y * p.sy + fy;
  let ix = c.x * p.sx + fx;
  store_row(rows[0], c.image.x, iy.x, ix.x, channel);
  store_row(rows[1], c.image.y, iy.y, ix.y, channel);
  store_row(rows[2], c.image.z, iy.z, ix.z, channel);
  store_row(rows[3], c.image.w, iy.w, ix.w, channel);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  // A phase has down · across pixels per image; the last row or column of some may be outside.
  let down = (p.ih + p.sy - 1u) / p.sy;
  let across = (p.iw + p.sx - 1u) / p.sx;
  let tiles = (p.batch * down * across + 7u) / 8u;
  let blocks = (p.ic + 7u) / 8u;
  let tile = (wid.x + wid.y * num.x) * 64u + t;
  let phase = tile / (blocks * tiles);
  if (phase >= p.sy * p.sx) { return; }
  let channel = tile % blocks * 8u;
  let right = min(channel + 4u, p.ic - 4u);
  let fy = phase / p.sx;
  let fx = phase % p.sx;

  let top = pixels(tile / blocks % tiles * 8u, down, across);
  let low = pixels(tile / blocks % tiles * 8u + 4u, down, across);
  var d00 = mat4x4f();
  var d01 = mat4x4f();
  var d10 = mat4x4f();
  var d11 = mat4x4f();
  for (var tap = 0u; tap < p.kh * p.kw; tap++) {
    // Row q of g gives to row q·sy + ky·dy - py of dx. Whole strides keep the numbers above zero.
    let ty = fy + p.py + (p.kh * p.sy - tap / p.kw) * p.dy;
    let tx = fx + p.px + (p.kw * p.sx - tap % p.kw) * p.dx;
    if ((ty % p.sy != 0u) | (tx % p.sx != 0u)) { continue; }
    let gtop = under(top, ty / p.sy - p.kh * p.dy, tx / p.sx - p.kw * p.dx);
    let glow = under(low, ty / p.sy - p.kh * p.dy, tx / p.sx - p.kw * p.dx);
    for (var c = 0u; c < p.oc / 4u; c++) {
      let a = block_g(gtop, c);
      let b = block_g(glow, c);
      let wleft = block_w((tap * p.ic + channel) * (p.oc / 4u) + c);
      d00 += wleft * a;  // g · wᵀ, transposed as the blocks are
      d10 += wleft * b;
      let wright = block_w((tap * p.ic + right) * (p.oc / 4u) + c);
      d01 += wright * a;
      d11 += wright * b;
    }
  }

  store(d00, top, fy, fx, channel);
  store(d01, top, fy, fx, channel + 4u);
  store(d10, low, fy, fx, channel);
  store(d11, low, fy, fx, channel + 4u);
}
