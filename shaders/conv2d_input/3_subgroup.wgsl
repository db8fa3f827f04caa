// conv2d_input / 3_subgroup: dx = the product [pixels, taps · oc] · [taps · oc, ic], never built
//
// Layout    g is [batch, oh, ow, oc], w is [kh, kw, ic, oc], dx is [batch, ih, iw, ic], read as
//           vec4f: ic and oc are multiples of 4, and there is one group.
// Threads   one subgroup of SIZE lanes per workgroup: 16 pixels, and 8 channels of dx per lane (two
//           blocks of 4, 4 · SIZE apart). All pixels of a subgroup have the same position modulo
//           the stride, so a tap counts for all or for none.
// Sync      none. Of a block of four pixels, lane e loads pixel e of g and broadcasts its channels.
// Compare   2_implicit loads all pixels in every thread.

enable subgroups;

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32,
}

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4

@group(0) @binding(0) var<storage, read> g: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Four pixels of one phase (fy, fx): those of dx at (y · sy + fy, x · sx + fx).
struct Pixels { image: vec4u, y: vec4u, x: vec4u }

fn pixels(first: u32, down: u32, across: u32, step: u32) -> Pixels {
  let at = first + vec4u(0u, 1u, 2u, 3u) * step;
  return Pixels(at / (down * across), at / across % down, at % across);
}

// Four pixels by four output channels; rows are columns here.
fn block_g(at: u32, inside: bool) -> mat4x4f {
  let line = select(vec4f(), g[select(0u, at, inside)], inside);
  return mat4x4f(
    subgroupBroadcast(line, 0u),
    subgroupBroadcast(line, 1u),
    subgroupBroadcast(line, 2u),
    subgroupBroadcast(line, 3u));
}

// Four output channels by four input channels.
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

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  // A phase has down · across pixels per image; the last row or column of some may be outside.
  let down = (p.ih + p.sy - 1u) / p.sy;
  let across = (p.iw + p.sx - 1u) / p.sx;
  let tiles = (p.batch * down * across + 15u) / 16u;
  let blocks = (p.ic + 8u * SIZE - 1u) / (8u * SIZE);
  let group = wid.x + wid.y * num.x;
  let phase = group / (blocks * tiles);
  if (phase >= p.sy * p.sx) { return; }
  let channel = group % blocks * 8u * SIZE + lane * 4u;
  let left = min(channel, p.ic - 4u);
  let right = min(channel + 4u * SIZE, p.ic - 4u);
  let first = group / blocks % tiles * 16u;
  let fy = phase / p.sx;
  let fx = phase % p.sx;

  let mine = pixels(first + lane % 4u, down, across, 4u);
  var d00 = mat4x4f();
  var d01 = mat4x4f();
  var d10 = mat4x4f();
  var d11 = mat4x4f();
  var d20 = mat4x4f();
  var d21 = mat4x4f();
  var d30 = mat4x4f();
  var d31 = mat4x4f();
  for (var tap = 0u; tap < p.kh * p.kw; tap++) {
    // Row q of g gives to row q·sy + ky·dy - py of dx. Whole strides keep the numbers above zero.
    let ty = fy + p.py + (p.kh * p.sy - tap / p.kw) * p.dy;
    let tx = fx + p.px + (p.kw * p.sx - tap % p.kw) * p.dx;
    if ((ty % p.sy != 0u) | (tx % p.sx != 0u)) { continue; }
    let oy = mine.y + ty / p.sy - p.kh * p.dy;
    let ox = mine.x + tx / p.sx - p.kw * p.dx;
    let inside = (oy < vec4u(p.oh)) & (ox < vec4u(p.ow)) & (mine.image < vec4u(p.batch));
    let at = ((mine.image * p.oh + oy) * p.ow + ox) * (p.oc / 4u);
    for (var c = 0u; c < p.oc / 4u; c++) {
      let g0 = block_g(at.x + c, inside.x);
      let g1 = block_g(at.y + c, inside.y);
      let g2 = block_g(at.z + c, inside.z);
      let g3 = block_g(at.w + c, inside.w);
      let wleft = block_w((tap * p.ic + left) * (p.oc / 4u) + c);
      d00 += wleft * g0;  // g · wᵀ, transposed as the blocks are
      d10 += wleft * g1;
      d20 += wleft * g2;
      d30 += wleft * g3;
      let wright = block_w((tap * p.ic + right) * (p.oc / 4u) + c);
      d01 += wright * g0;
      d11 += wright * g1;
      d21 += wright * g2;
      d31 += wright * g3;
    }
  }

  let p0 = pixels(first, down, across, 1u);
  store(d00, p0, fy, fx, channel);
  store(d01, p0, fy, fx, channel + 4u * SIZE);
  let p1 = pixels(first + 4u, down, across, 1u);
  store(d10, p1, fy, fx, channel);
  store(d11, p1, fy, fx, channel + 4u * SIZE);
  let p2 = pixels(first + 8u, down, across, 1u);
  store(d20, p2, fy, fx, channel);
  store(d21, p2, fy, fx, channel + 4u * SIZE);
  let p3 = pixels(first + 12u, down, across, 1u);
  store(d30, p3, fy, fx, channel);
  store(d31, p3, fy, fx, channel + 4u * SIZE);
}
