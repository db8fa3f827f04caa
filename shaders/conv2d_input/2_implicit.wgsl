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

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> g: array<vec4<real>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<real>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<real>>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Four pixels of one phase (fy, fx), those of dx at (y · sy + fy, x · sx + fx), and where (y, x) is
// in g, in vec4s. Beyond the last image they are those of the last one, and not stored.
struct Pixels { at: vec4u, image: vec4u, y: vec4u, x: vec4u }

fn pixels(first: u32, down: u32, across: u32) -> Pixels {
  let q = first + vec4u(0u, 1u, 2u, 3u);
  let image = q / (down * across);
  let y = q / across % down;
  let x = q % across;
  let at = ((min(image, vec4u(p.batch - 1u)) * p.oh + y) * p.ow + x) * (p.oc / 4u);
  return Pixels(at, image, y, x);
}

// Four output channels from 4c on of the pixels of g that the four receive from under a tap which
// shifts them by (my, mx), 0 outside g, and those by four input channels; rows are columns here.
fn block_g(q: Pixels, my: u32, mx: u32, c: u32) -> mat4x4f {
  let inside = (q.y + my < vec4u(p.oh)) & (q.x + mx < vec4u(p.ow));
  let at = select(vec4u(0u), q.at + (my * p.ow + mx) * (p.oc / 4u) + c, inside);
  return mat4x4f(
    select(vec4f(), vec4f(g[at.x]), inside.x),
    select(vec4f(), vec4f(g[at.y]), inside.y),
    select(vec4f(), vec4f(g[at.z]), inside.z),
    select(vec4f(), vec4f(g[at.w]), inside.w));
}

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

fn store(rows: mat4x4f, q: Pixels, fy: u32, fx: u32, channel: u32) {
  let iy = q.y * p.sy + fy;
  let ix = q.x * p.sx + fx;
  store_row(rows[0], q.image.x, iy.x, ix.x, channel);
  store_row(rows[1], q.image.y, iy.y, ix.y, channel);
  store_row(rows[2], q.image.z, iy.z, ix.z, channel);
  store_row(rows[3], q.image.w, iy.w, ix.w, channel);
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
  let v = taps(fy, p.kh, p.sy, p.dy, p.py);
  let h = taps(fx, p.kw, p.sx, p.dx, p.px);
  for (var row = 0u; row < v.count * h.count * (p.oc / 4u); row++) {
    let tap = row / (p.oc / 4u);
    let c = row - tap * (p.oc / 4u);
    let jy = tap / h.count;
    let jx = tap - jy * h.count;
    let a = block_g(top, v.shift - jy * v.less, h.shift - jx * h.less, c);
    let b = block_g(low, v.shift - jy * v.less, h.shift - jx * h.less, c);
    let filters = ((v.first + jy * v.step) * p.kw + h.first + jx * h.step) * p.ic;
    let wleft = block_w((filters + channel) * (p.oc / 4u) + c);
    d00 += wleft * a;  // g · wᵀ, transposed as the blocks are
    d10 += wleft * b;
    let wright = block_w((filters + right) * (p.oc / 4u) + c);
    d01 += wright * a;
    d11 += wright * b;
  }

  store(d00, top, fy, fx, channel);
  store(d01, top, fy, fx, channel + 4u);
  store(d10, low, fy, fx, channel);
  store(d11, low, fy, fx, channel + 4u);
}
