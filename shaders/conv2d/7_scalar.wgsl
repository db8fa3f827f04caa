// conv2d / 7_scalar: y = the product [pixels, taps · ic] · [taps · ic, oc], for few or odd channels
//
// Layout    x is [batch, ih, iw, ic], w is [kh, kw, ic, oc], y is [batch, oh, ow, oc]. Any channels
//           in one group. x is 0 outside the image.
// Threads   64 per workgroup, which owns 64 pixels × 16 output channels; 8 × 2 of them per thread,
//           both 8 apart. Neighbours load neighbouring channels and taps, and store channels.
// Sync      thread q finds where pixel q looks, and the workgroup walks along the taps and channels
//           in slabs of 16. A barrier before anyone reads those places, one before the products (a
//           slab is complete) and one after (nobody still reads it).
// Compare   6_tiled loads vec4s; 4_ragged shares nothing, so its neighbours read lines apart.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32,
}

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> x: array<real>;
@group(0) @binding(1) var<storage, read> w: array<real>;
@group(0) @binding(2) var<storage, read_write> y: array<real>;
@group(0) @binding(3) var<uniform> p: Params;

const LINE = 66u;  // 64 pixels, and two more: the lines of a slab start in different banks
var<workgroup> corners: array<vec3u, 64>;       // of the windows: their place in x, row and column
var<workgroup> slabx: array<f32, 16u * LINE>;   // [channel, pixel]
var<workgroup> slabw: array<f32, 256>;          // [channel, o]: 16 × 16

fn epilogue(v: f32, i: u32) -> f32 { return v; }

// Left of and above the image a corner is below zero: it wraps round, and back when a tap is added.
fn corner(pixel: u32) -> vec3u {
  let q = min(pixel, p.batch * p.oh * p.ow - 1u);
  let iy = q / p.ow % p.oh * p.sy - p.py;
  let ix = q % p.ow * p.sx - p.px;
  return vec3u(((q / (p.oh * p.ow) * p.ih + iy) * p.iw + ix) * p.ic, iy, ix);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.oc + 15u) / 16u;
  let end = p.batch * p.oh * p.ow;
  let rows = p.kh * p.kw * p.ic;
  let group = wid.x + wid.y * num.x;
  let pixel = group / across * 64u;
  if (pixel >= end) { return; }
  let o = group % across * 16u;
  corners[t] = corner(pixel + t);
  workgroupBarrier();

  var left0 = vec4f();  // pixels 0, 8, 16 and 24 from this thread's first one
  var left1 = vec4f();
  var right0 = vec4f();
  var right1 = vec4f();
  for (var slab = 0u; slab < rows; slab += 16u) {
    let row = slab + t % 16u;
    let tap = row / p.ic;
    let down = tap / p.kw * p.dy;
    let over = tap % p.kw * p.dx;
    let shift = (down * p.iw + over) * p.ic + row - tap * p.ic;
    for (var q = t / 16u; q < 64u; q += 4u) {
      let c = corners[q];
      let inside = (c.y + down < p.ih) & (c.z + over < p.iw) & (row < rows);
      slabx[t % 16u * LINE + q] = select(0.0, f32(x[select(0u, c.x + shift, inside)]), inside);
    }
    for (var r = t / 16u; r < 16u; r += 4u) {
      let inside = (slab + r < rows) & (o + t % 16u < p.oc);
      let at = select(0u, (slab + r) * p.oc + o + t % 16u, inside);
      slabw[r * 16u + t % 16u] = select(0.0, f32(w[at]), inside);
    }
    workgroupBarrier();

    for (var l = 0u; l < 16u; l++) {
      let i = l * LINE + t / 8u;
      let four = vec4f(slabx[i], slabx[i + 8u], slabx[i + 16u], slabx[i + 24u]);
      let next = vec4f(slabx[i + 32u], slabx[i + 40u], slabx[i + 48u], slabx[i + 56u]);
      let left = slabw[l * 16u + t % 8u];
      let right = slabw[l * 16u + t % 8u + 8u];
      left0 += left * four;
      left1 += left * next;
      right0 += right * four;
      right1 += right * next;
    }
    workgroupBarrier();
  }

  for (var e = 0u; e < 8u; e++) {
    let q = pixel + t / 8u + 8u * e;
    let i = q * p.oc + o + t % 8u;
    let upper = e < 4u;
    if ((q < end) & (o + t % 8u < p.oc)) {
      y[i] = real(epilogue(select(left1[e % 4u], left0[e % 4u], upper), i));
    }
    if ((q < end) & (o + t % 8u + 8u < p.oc)) {
      y[i + 8u] = real(epilogue(select(right1[e % 4u], right0[e % 4u], upper), i + 8u));
    }
  }
}
