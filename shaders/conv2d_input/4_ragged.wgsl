// conv2d_input / 4_ragged: dx = the product [pixels, taps · oc] · [taps · oc, ic], odd channels
//
// Layout    g is [batch, oh, ow, oc], w is [kh, kw, ic / groups, oc], dx is [batch, ih, iw, ic].
//           Any channels in one group, or groups of 4n input channels.
// Threads   32 per workgroup, 16 pixels × 4 channels of dx each, along the channels. All pixels of
//           a thread have the same position modulo the stride, so a tap counts for all or for none.
// Sync      none.
// Compare   2_implicit has squarer tiles and loads vec4s; 1_direct also takes groups.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32,
}

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> g: array<real>;
@group(0) @binding(1) var<storage, read> w: array<real>;
@group(0) @binding(2) var<storage, read_write> dx: array<real>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

// Four pixels of one phase (fy, fx), those of dx at (y · sy + fy, x · sx + fx), and where (y, x) is
// in g. Beyond the last image they are those of the last one, and not stored.
struct Pixels { at: vec4u, image: vec4u, y: vec4u, x: vec4u }

fn pixels(first: u32, down: u32, across: u32) -> Pixels {
  let q = first + vec4u(0u, 1u, 2u, 3u);
  let image = q / (down * across);
  let y = q / across % down;
  let x = q % across;
  let at = ((min(image, vec4u(p.batch - 1u)) * p.oh + y) * p.ow + x) * p.oc;
  return Pixels(at, image, y, x);
}

// Output channel c of the pixels of g that the four receive from under a tap which shifts them by
// (my, mx); 0 outside g.
fn under(q: Pixels, my: u32, mx: u32, c: u32) -> vec4f {
  let inside = (q.y + my < vec4u(p.oh)) & (q.x + mx < vec4u(p.ow));
  let at = select(vec4u(0u), q.at + (my * p.ow + mx) * p.oc + c, inside);
  return select(vec4f(), vec4f(vec4<real>(g[at.x], g[at.y], g[at.z], g[at.w])), inside);
}

// All products of four pixels and four channels; rows are columns of the mat4x4f.
fn outer(a: vec4f, b: vec4f) -> mat4x4f { return mat4x4f(b * a.x, b * a.y, b * a.z, b * a.w); }

fn store_row(v: vec4f, image: u32, iy: u32, ix: u32, channel: u32) {
  if ((image >= p.batch) | (iy >= p.ih) | (ix >= p.iw)) { return; }
  let i = ((image * p.ih + iy) * p.iw + ix) * p.ic + channel;
  dx[i] = real(epilogue(v.x, i));
  if (channel + 1u < p.ic) { dx[i + 1u] = real(epilogue(v.y, i + 1u)); }
  if (channel + 2u < p.ic) { dx[i + 2u] = real(epilogue(v.z, i + 2u)); }
  if (channel + 3u < p.ic) { dx[i + 3u] = real(epilogue(v.w, i + 3u)); }
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

@compute @workgroup_size(32)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  // A phase has down · across pixels per image; the last row or column of some may be outside.
  let down = (p.ih + p.sy - 1u) / p.sy;
  let across = (p.iw + p.sx - 1u) / p.sx;
  let tiles = (p.batch * down * across + 15u) / 16u;
  let blocks = (p.ic + 3u) / 4u;
  let tile = (wid.x + wid.y * num.x) * 32u + t;
  let phase = tile / (blocks * tiles);
  if (phase >= p.sy * p.sx) { return; }
  let channel = tile % blocks * 4u;
  let per = p.ic / p.groups;
  let fan = p.oc / p.groups;
  let begin = channel / per * fan;  // first output channel of the group
  let four = min(channel + vec4u(0u, 1u, 2u, 3u), vec4u(p.ic - 1u)) % per * p.oc;
  let first = tile / blocks % tiles * 16u;
  let fy = phase / p.sx;
  let fx = phase % p.sx;

  let p0 = pixels(first, down, across);
  let p1 = pixels(first + 4u, down, across);
  let p2 = pixels(first + 8u, down, across);
  let p3 = pixels(first + 12u, down, across);
  var d0 = mat4x4f();
  var d1 = mat4x4f();
  var d2 = mat4x4f();
  var d3 = mat4x4f();
  let v = taps(fy, p.kh, p.sy, p.dy, p.py);
  let h = taps(fx, p.kw, p.sx, p.dx, p.px);
  // One flat loop: nested ones cost more where there are few channels.
  for (var row = 0u; row < v.count * h.count * fan; row++) {
    let tap = row / fan;
    let c = begin + row - tap * fan;
    let jy = tap / h.count;
    let jx = tap - jy * h.count;
    let my = v.shift - jy * v.less;
    let mx = h.shift - jx * h.less;
    let at = ((v.first + jy * v.step) * p.kw + h.first + jx * h.step) * per * p.oc + four + c;
    let filters = vec4f(vec4<real>(w[at.x], w[at.y], w[at.z], w[at.w]));
    d0 += outer(under(p0, my, mx, c), filters);
    d1 += outer(under(p1, my, mx, c), filters);
    d2 += outer(under(p2, my, mx, c), filters);
    d3 += outer(under(p3, my, mx, c), filters);
  }

  store(d0, p0, fy, fx, channel);
  store(d1, p1, fy, fx, channel);
  store(d2, p2, fy, fx, channel);
  store(d3, p3, fy, fx, channel);
}
