// conv2d / 6_tiled: y = the product [pixels, taps · ic] · [taps · ic, oc], slabs in shared memory
//
// Layout    x is [batch, ih, iw, ic], w is [kh, kw, ic, oc], y is [batch, oh, ow, oc], read as
//           vec4f: ic and oc are multiples of 4, and there is one group. x is 0 outside the image.
// Threads   64 per workgroup, which owns 64 pixels × 32 output channels; 8 × 4 of them per thread,
//           pixels 8 apart. Neighbours load neighbouring channels, and store them.
// Sync      the workgroup walks along the taps and channels in slabs of 16. A barrier before the
//           products (the slab is complete) and one after (nobody still reads it).
// Compare   2_implicit has the same product without sharing: its neighbours read 32 bytes apart.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32,
}

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> x: array<vec4<real>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<real>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<real>>;
@group(0) @binding(3) var<uniform> p: Params;

const LINE = 66u;  // 64 pixels, and two more: the four lines start in different banks
var<workgroup> slabx: array<vec4f, 4u * LINE>;  // [channel / 4, pixel]
var<workgroup> slabw: array<vec4f, 128>;        // [channel, o / 4]: 16 × 8

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// The corners of the windows of four pixels of y, 16 apart, and where in x they lie, in vec4s. Left
// of and above the image these are below zero: they wrap round, and back when a tap is added.
struct Pixels { at: vec4u, y: vec4u, x: vec4u }

fn windows(first: u32) -> Pixels {
  let q = min(first + vec4u(0u, 16u, 32u, 48u), vec4u(p.batch * p.oh * p.ow - 1u));
  let y = q / p.ow % p.oh * p.sy - p.py;
  let x = q % p.ow * p.sx - p.px;
  return Pixels(((q / (p.oh * p.ow) * p.ih + y) * p.iw + x) * (p.ic / 4u), y, x);
}

// Four channels from `row` of w on, of the four pixels; 0 outside the image and beyond w.
fn block_x(q: Pixels, row: u32) -> mat4x4f {
  let tap = row / p.ic;
  let down = tap / p.kw * p.dy;
  let right = tap % p.kw * p.dx;
  let within = vec4<bool>(tap < p.kh * p.kw);
  let inside = (q.y + down < vec4u(p.ih)) & (q.x + right < vec4u(p.iw)) & within;
  let under = q.at + (down * p.iw + right) * (p.ic / 4u) + (row - tap * p.ic) / 4u;
  let at = select(vec4u(0u), under, inside);
  return mat4x4f(
    select(vec4f(), vec4f(x[at.x]), inside.x),
    select(vec4f(), vec4f(x[at.y]), inside.y),
    select(vec4f(), vec4f(x[at.z]), inside.z),
    select(vec4f(), vec4f(x[at.w]), inside.w));
}

fn row_w(row: u32, o: u32) -> vec4f {
  let inside = row < p.kh * p.kw * p.ic;
  return select(vec4f(), vec4f(w[select(0u, row * p.oc + o, inside) / 4u]), inside);
}

fn store(rows: mat4x4f, first: u32, o: u32) {
  if (o >= p.oc) { return; }
  let end = p.batch * p.oh * p.ow;
  for (var e = 0u; e < 4u; e++) {
    let i = (first + 8u * e) * p.oc + o;
    if (first + 8u * e < end) { y[i / 4u] = vec4<real>(epilogue(rows[e], i)); }
  }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.oc + 31u) / 32u;
  let group = wid.x + wid.y * num.x;
  let pixel = group / across * 64u;
  if (pixel >= p.batch * p.oh * p.ow) { return; }
  let o = group % across * 32u + t % 8u * 4u;
  let mine = windows(pixel + t / 4u);

  var y0 = mat4x4f();
  var y1 = mat4x4f();
  for (var slab = 0u; slab < p.kh * p.kw * p.ic; slab += 16u) {
    let pixels = block_x(mine, slab + t % 4u * 4u);
    let filters = min(o, p.oc - 4u);
    slabw[t] = row_w(slab + t / 8u, filters);
    slabw[t + 64u] = row_w(slab + t / 8u + 8u, filters);
    let to = t % 4u * LINE + t / 4u;
    slabx[to] = pixels[0];
    slabx[to + 16u] = pixels[1];
    slabx[to + 32u] = pixels[2];
    slabx[to + 48u] = pixels[3];
    workgroupBarrier();

    for (var l = 0u; l < 4u; l++) {  // four rows of w as a matrix
      let f = l * 32u + t % 8u;
      let q = l * LINE + t / 8u;
      let four = mat4x4f(slabw[f], slabw[f + 8u], slabw[f + 16u], slabw[f + 24u]);
      y0 += four * mat4x4f(slabx[q], slabx[q + 8u], slabx[q + 16u], slabx[q + 24u]);
      y1 += four * mat4x4f(slabx[q + 32u], slabx[q + 40u], slabx[q + 48u], slabx[q + 56u]);
    }
    workgroupBarrier();
  }

  store(y0, pixel + t / 8u, o);
  store(y1, pixel + t / 8u + 32u, o);
}
