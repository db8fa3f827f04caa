// conv2d_input / 7_scalar: dx = the product [pixels, taps · oc] · [taps · oc, ic], any channels
//
// Layout    g is [batch, oh, ow, oc], w is [kh, kw, ic, oc], dx is [batch, ih, iw, ic], with any
//           channels in one group.
// Threads   64 per workgroup, which owns 64 pixels of dx, all of one position modulo the stride so
//           that a tap counts for all or for none, × 16 channels; 8 × 2 of them per thread, both 8
//           apart. Neighbours load neighbouring channels and taps, and store channels.
// Sync      thread q finds where pixel q lies, and the workgroup walks along the taps and channels
//           in slabs of 16. A barrier before anyone reads those places, one before the products (a
//           slab is complete) and one after (nobody still reads it).
// Compare   conv2d/7_scalar, whose transpose this is; 6_tiled loads vec4s.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32,
}

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> g: array<real>;
@group(0) @binding(1) var<storage, read> w: array<real>;
@group(0) @binding(2) var<storage, read_write> dx: array<real>;
@group(0) @binding(3) var<uniform> p: Params;

const LINE = 66u;  // 64 pixels, and two more: the lines of a slab start in different banks
const CHANNELS = 18u;
var<workgroup> places: array<vec4u, 64>;            // of the pixels: in g, their row and column
var<workgroup> slabg: array<f32, 16u * LINE>;       // [o, pixel]
var<workgroup> slabw: array<f32, 16u * CHANNELS>;   // [o, channel]

fn epilogue(v: f32, i: u32) -> f32 { return v; }

// Stores pixel q of a phase (fy, fx), which is (y · sy + fy, x · sx + fx) of an image.
fn store(v: f32, q: u32, phase: u32, down: u32, across: u32, channel: u32) {
  let image = q / (down * across);
  let iy = q / across % down * p.sy + phase / p.sx;
  let ix = q % across * p.sx + phase % p.sx;
  if ((image >= p.batch) | (iy >= p.ih) | (ix >= p.iw) | (channel >= p.ic)) { return; }
  let i = ((image * p.ih + iy) * p.iw + ix) * p.ic + channel;
  dx[i] = real(epilogue(v, i));
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
  let tiles = (p.batch * down * across + 63u) / 64u;
  let blocks = (p.ic + 15u) / 16u;
  let group = wid.x + wid.y * num.x;
  let phase = group / (blocks * tiles);
  if (phase >= p.sy * p.sx) { return; }
  let first = group / blocks % tiles * 64u;
  let block = group % blocks * 16u;
  let v = taps(phase / p.sx, p.kh, p.sy, p.dy, p.py);
  let h = taps(phase % p.sx, p.kw, p.sx, p.dx, p.px);
  let image = min((first + t) / (down * across), p.batch - 1u);
  let y = (first + t) / across % down;
  let x = (first + t) % across;
  places[t] = vec4u((image * p.oh + y) * p.ow + x, y, x, 0u);
  workgroupBarrier();

  var left0 = vec4f();  // pixels 0, 8, 16 and 24 from this thread's first one
  var left1 = vec4f();
  var right0 = vec4f();
  var right1 = vec4f();
  for (var slab = 0u; slab < v.count * h.count * p.oc; slab += 16u) {
    let row = slab + t % 16u;
    let tap = row / p.oc;
    let c = row - tap * p.oc;
    let jy = tap / h.count;
    let jx = tap - jy * h.count;
    let my = v.shift - jy * v.less;
    let mx = h.shift - jx * h.less;
    for (var q = t / 16u; q < 64u; q += 4u) {
      let at = places[q];
      let inside = (at.y + my < p.oh) & (at.z + mx < p.ow) & (jy < v.count);
      let i = select(0u, (at.x + my * p.ow + mx) * p.oc + c, inside);
      slabg[t % 16u * LINE + q] = select(0.0, f32(g[i]), inside);
    }
    let filters = ((v.first + jy * v.step) * p.kw + h.first + jx * h.step) * p.ic + block;
    for (var r = t / 16u; r < 16u; r += 4u) {
      let inside = (jy < v.count) & (block + r < p.ic);
      let i = select(0u, (filters + r) * p.oc + c, inside);
      slabw[t % 16u * CHANNELS + r] = select(0.0, f32(w[i]), inside);
    }
    workgroupBarrier();

    for (var l = 0u; l < 16u; l++) {
      let i = l * LINE + t / 8u;
      let four = vec4f(slabg[i], slabg[i + 8u], slabg[i + 16u], slabg[i + 24u]);
      let next = vec4f(slabg[i + 32u], slabg[i + 40u], slabg[i + 48u], slabg[i + 56u]);
      let left = slabw[l * CHANNELS + t % 8u];
      let right = slabw[l * CHANNELS + t % 8u + 8u];
      left0 += left * four;
      left1 += left * next;
      right0 += right * four;
      right1 += right * next;
    }
    workgroupBarrier();
  }

  for (var e = 0u; e < 8u; e++) {
    let q = first + t / 8u + 8u * e;
    let channel = block + t % 8u;
    let upper = e < 4u;
    store(select(left1[e % 4u], left0[e % 4u], upper), q, phase, down, across, channel);
    store(select(right1[e % 4u], right0[e % 4u], upper), q, phase, down, across, channel + 8u);
  }
}
