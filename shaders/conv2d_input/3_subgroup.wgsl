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

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> g: array<vec4<real>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<real>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<real>>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Four pixels of one phase (fy, fx), those of dx at (y · sy + fy, x · sx + fx), and where (y, x) is
// in g, in vec4s. Beyond the last image they are those of the last one, and not stored.
struct Pixels { at: vec4u, image: vec4u, y: vec4u, x: vec4u }

fn pixels(first: u32, down: u32, across: u32, step: u32) -> Pixels {
  let q = first + vec4u(0u, 1u, 2u, 3u) * step;
  let image = q / (down * across);
  let y = q / across % down;
  let x = q % across;
  let at = ((min(image, vec4u(p.batch - 1u)) * p.oh + y) * p.ow + x) * (p.oc / 4u);
  return Pixels(at, image, y, x);
}

// Four pixels by four output channels; rows are columns here.
fn block_g(at: u32, inside: bool) -> mat4x4f {
  let line = select(vec4f(), vec4f(g[at]), inside);
  return mat4x4f(
    subgroupBroadcast(line, 0u), subgroupBroadcast(line, 1u),
    subgroupBroadcast(line, 2u), subgroupBroadcast(line, 3u));
}

// Four output channels by four input channels.
fn block_w(at: u32) -> mat4x4f {
  let row = p.oc / 4u;
  return transpose(mat4x4f(
    vec4f(w[at]), vec4f(w[at + row]), vec4f(w[at + 2u * row]), vec4f(w[at + 3u * row])));
}

fn store_row(v: vec4f, image: u32, iy: u32, ix: u32, channel: u32) {
  if ((image >= p.batch) | (iy >= p.ih) | (ix >= p.iw) | (channel >= p.ic)) { return; }
  let i = ((image * p.ih + iy) * p.iw + ix) * p.ic + channel;
  dx[i / 4u] = vec4<real>(epilogue(v, i));
}

fn store(left: mat4x4f, right: mat4x4f, q: Pixels, fy: u32, fx: u32, channel: u32) {
  let iy = q.y * p.sy + fy;
  let ix = q.x * p.sx + fx;
  for (var e = 0u; e < 4u; e++) {
    store_row(left[e], q.image[e], iy[e], ix[e], channel);
    store_row(right[e], q.image[e], iy[e], ix[e], channel + 4u * SIZE);
  }
}

// The taps of one axis that reach a phase f of dx: `count` of them from `first` on, `step` apart.
// The first shifts a pixel to its place in g by `shift`, each next one by `less` less.
struct Taps { first: u32, step: u32, count: u32, shift: u32, less: u32 }

fn taps(f: u32, k: u32, stride: u32, dilation: u32, pad: u32) -> Taps {
  var step = 1u;
  while (step * dilation % stride != 0u) { step++; }
  let whole = k * stride * dilation;  // whole strides, which keep the numbers below above zero
  var first = 0u;
  while ((first < step) & ((f + pad + whole - first * dilation) % stride != 0u)) { first++; }
  let none = (first == step) | (first >= k);
  let count = select((k + step - 1u - first) / step, 0u, none);
  let shift = (f + pad + whole - first * dilation) / stride - k * dilation;
  return Taps(first, step, count, shift, step * dilation / stride);
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
  let v = taps(fy, p.kh, p.sy, p.dy, p.py);
  let h = taps(fx, p.kw, p.sx, p.dx, p.px);
  for (var row = 0u; row < v.count * h.count * (p.oc / 4u); row++) {
    let tap = row / (p.oc / 4u);
    let c = row - tap * (p.oc / 4u);
    let jy = tap / h.count;
    let jx = tap - jy * h.count;
    let my = v.shift - jy * v.less;
    let mx = h.shift - jx * h.less;
    let inside = (mine.y + my < vec4u(p.oh)) & (mine.x + mx < vec4u(p.ow));
    let at = select(vec4u(0u), mine.at + (my * p.ow + mx) * (p.oc / 4u) + c, inside);
    let g0 = block_g(at.x, inside.x);
    let g1 = block_g(at.y, inside.y);
    let g2 = block_g(at.z, inside.z);
    let g3 = block_g(at.w, inside.w);
    let filters = ((v.first + jy * v.step) * p.kw + h.first + jx * h.step) * p.ic;
    let wleft = block_w((filters + left) * (p.oc / 4u) + c);
    d00 += wleft * g0;  // g · wᵀ, transposed as the blocks are
    d10 += wleft * g1;
    d20 += wleft * g2;
    d30 += wleft * g3;
    let wright = block_w((filters + right) * (p.oc / 4u) + c);
    d01 += wright * g0;
    d11 += wright * g1;
    d21 += wright * g2;
    d31 += wright * g3;
  }

  store(d00, d01, pixels(first, down, across, 1u), fy, fx, channel);
  store(d10, d11, pixels(first + 4u, down, across, 1u), fy, fx, channel);
  store(d20, d21, pixels(first + 8u, down, across, 1u), fy, fx, channel);
  store(d30, d31, pixels(first + 12u, down, across, 1u), fy, fx, channel);
}
