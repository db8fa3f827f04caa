// conv2d_input / 6_tiled: dx = the product [pixels, taps · oc] · [taps · oc, ic], in shared memory
//
// Layout    g is [batch, oh, ow, oc], w is [kh, kw, ic, oc], dx is [batch, ih, iw, ic], read as
//           vec4f: ic and oc are multiples of 4, and there is one group.
// Threads   64 per workgroup, which owns 64 pixels of dx, all of one position modulo the stride so
//           that a tap counts for all or for none, × 32 channels; 8 × 4 of them per thread, pixels
//           8 apart. Neighbours load neighbouring channels, and store them.
// Sync      the workgroup walks along the taps and channels in slabs of 16. A barrier before the
//           products (the slab is complete) and one after (nobody still reads it).
// Compare   conv2d/6_tiled, whose transpose this is; 2_implicit does not share.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32,
}

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> g: array<vec4<real>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<real>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<real>>;
@group(0) @binding(3) var<uniform> p: Params;

const LINE = 66u;  // 64 pixels, and two more: the four lines start in different banks
const PART = 9u;   // channels 4c + e are at PART · e + c: neighbours read neighbours
const FOUR = 38u;  // 4 · PART, and two more
var<workgroup> slabg: array<vec4f, 4u * LINE>;  // [o / 4, pixel]
var<workgroup> slabw: array<vec4f, 4u * FOUR>;  // [o / 4, channel]

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Stores pixel q of a phase (fy, fx), which is (y · sy + fy, x · sx + fx) of an image.
fn store(v: vec4f, q: u32, phase: u32, down: u32, across: u32, channel: u32) {
  let image = q / (down * across);
  let iy = q / across % down * p.sy + phase / p.sx;
  let ix = q % across * p.sx + phase % p.sx;
  if ((image >= p.batch) | (iy >= p.ih) | (ix >= p.iw) | (channel >= p.ic)) { return; }
  let i = ((image * p.ih + iy) * p.iw + ix) * p.ic + channel;
  dx[i / 4u] = vec4<real>(epilogue(v, i));
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
  let blocks = (p.ic + 31u) / 32u;
  let group = wid.x + wid.y * num.x;
  let phase = group / (blocks * tiles);
  if (phase >= p.sy * p.sx) { return; }
  let first = group / blocks % tiles * 64u;
  let block = group % blocks * 32u;
  let v = taps(phase / p.sx, p.kh, p.sy, p.dy, p.py);
  let h = taps(phase % p.sx, p.kw, p.sx, p.dx, p.px);

  // What this thread loads: every slab four channels of g of four pixels, and of w of two channels.
  let q = first + t / 4u + vec4u(0u, 16u, 32u, 48u);
  let y = q / across % down;
  let x = q % across;
  let corner = ((min(q / (down * across), vec4u(p.batch - 1u)) * p.oh + y) * p.ow + x);
  let channels = min(block + t / 4u + vec2u(0u, 16u), vec2u(p.ic - 1u));
  let slotw = t % 4u * FOUR + t / 4u % 4u * PART + t / 16u;

  var d0 = mat4x4f();
  var d1 = mat4x4f();
  for (var slab = 0u; slab < v.count * h.count * p.oc; slab += 16u) {
    let row = slab + t % 4u * 4u;
    let tap = row / p.oc;
    let c = (row - tap * p.oc) / 4u;
    let jy = tap / h.count;
    let jx = tap - jy * h.count;
    let my = v.shift - jy * v.less;
    let mx = h.shift - jx * h.less;
    let some = vec4<bool>(jy < v.count);
    let inside = (y + my < vec4u(p.oh)) & (x + mx < vec4u(p.ow)) & some;
    let at = select(vec4u(0u), (corner + my * p.ow + mx) * (p.oc / 4u) + c, inside);
    let filters = ((v.first + jy * v.step) * p.kw + h.first + jx * h.step) * p.ic + channels;
    let wat = select(vec2u(0u), filters * (p.oc / 4u) + c, some.xy);
    let to = t % 4u * LINE + t / 4u;
    slabg[to] = select(vec4f(), vec4f(g[at.x]), inside.x);
    slabg[to + 16u] = select(vec4f(), vec4f(g[at.y]), inside.y);
    slabg[to + 32u] = select(vec4f(), vec4f(g[at.z]), inside.z);
    slabg[to + 48u] = select(vec4f(), vec4f(g[at.w]), inside.w);
    slabw[slotw] = select(vec4f(), vec4f(w[wat.x]), some.x);
    slabw[slotw + 4u] = select(vec4f(), vec4f(w[wat.y]), some.x);
    workgroupBarrier();

    for (var l = 0u; l < 4u; l++) {
      let f = l * FOUR + t % 8u;
      let i = l * LINE + t / 8u;
      let four = transpose(mat4x4f(
        slabw[f], slabw[f + PART], slabw[f + 2u * PART], slabw[f + 3u * PART]));
      d0 += four * mat4x4f(slabg[i], slabg[i + 8u], slabg[i + 16u], slabg[i + 24u]);
      d1 += four * mat4x4f(slabg[i + 32u], slabg[i + 40u], slabg[i + 48u], slabg[i + 56u]);
    }
    workgroupBarrier();
  }

  for (var e = 0u; e < 4u; e++) {
    let pixel = first + t / 8u + 8u * e;
    store(d0[e], pixel, phase, down, across, block + t % 8u * 4u);
    store(d1[e], pixel + 32u, phase, down, across, block + t % 8u * 4u);
  }
}
